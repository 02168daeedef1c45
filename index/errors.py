"""The errors a user can meet, each named after the rule that was broken.

Every message says what is wrong, shows the value, and names the cure. The command line prints it and exits with
`exit_code`; the HTTP interface turns it into problem+json (`qa.http.problems`).
"""

from __future__ import annotations


class PolicyQAError(Exception):
    """Something the user can put right; anything else that is raised is a defect of this program."""

    exit_code = 1


class InvalidSetting(PolicyQAError):
    """A `POLICYQA_*` variable holds a value that cannot be used, or is not a setting at all."""

    exit_code = 2


class UnreadableSource(PolicyQAError):
    """One file or record cannot be read; the others go on."""


class NoDocuments(PolicyQAError):
    """The sources hold no document that could be read."""


class ModelUnavailable(PolicyQAError):
    """The embedding model cannot be loaded from this machine."""


class IndexMissing(PolicyQAError):
    """There is no index in the folder."""


class IndexDamaged(PolicyQAError):
    """A file of the index is missing or is not the one that was written."""


class IndexOutdated(PolicyQAError):
    """The index was built by another model, another cleaner or another format than the ones in use."""


class IndexBusy(PolicyQAError):
    """Another process is building in the same folder."""


class IndexNotWritable(PolicyQAError):
    """The index folder cannot be written."""


class UnknownDocument(PolicyQAError):
    """No document, or no paragraph of it, has this id."""


class InvalidQuestion(PolicyQAError):
    """A question that cannot be asked: empty, too long, or with impossible options."""

    exit_code = 2


class QuoteMismatch(PolicyQAError):
    """A quote is not what its source span yields; it must never leave the program."""
