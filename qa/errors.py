"""The errors that whoever asks over the network can meet, beside those of `index.errors`."""

from __future__ import annotations

from index.errors import PolicyQAError


class MalformedAuthorization(PolicyQAError):
    """An Authorization header that is neither `Bearer KEY` nor Basic with the key as password."""


class KeyNeeded(PolicyQAError):
    """A key is needed and none came."""


class WrongKey(PolicyQAError):
    """The key that came is none of those that are valid now."""


class NotAllowed(PolicyQAError):
    """Whoever asks is known and may not do this."""


class TooManyRequests(PolicyQAError):
    """More requests than the limit allows."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds after which it is worth asking again, at least 1."""


class TypeNotRead(PolicyQAError):
    """An upload of a type that is not read."""


class InvalidDocument(PolicyQAError):
    """An upload that cannot become a document."""


class DocumentTaken(PolicyQAError):
    """The id belongs to a document that was not uploaded, so no upload may change it."""


class StateNotWritable(PolicyQAError):
    """What the server keeps, uploads, jobs or feedback, cannot be written."""


class UnknownJob(PolicyQAError):
    """No job has this id."""


class UnknownAnswer(PolicyQAError):
    """No answer that is remembered has this id."""


class UnknownModel(PolicyQAError):
    """No model has this name."""


class UnknownKnowledge(PolicyQAError):
    """No knowledge base has this id."""
