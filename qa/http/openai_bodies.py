"""The JSON of OpenAI's interface, as far as it is spoken here."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StrictBool,
    StrictInt,
    StrictStr,
    model_serializer,
)

from index.errors import InvalidQuestion
from qa.http.examples import example_request
from qa.question import Question, Turn

MODEL = "policyqa"
"""The name of the one model there is."""


class PartBody(BaseModel):
    """A part of a message; only text is read."""

    type: StrictStr
    text: StrictStr | None = None


class MessageBody(BaseModel):
    """A message of the conversation; those of other roles than `user` and `assistant` are passed over."""

    role: StrictStr
    content: StrictStr | list[PartBody] | None = None

    @property
    def text(self) -> str:
        """Its words."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text" and part.text)
        return self.content or ""


class StreamOptionsBody(BaseModel):
    """How a stream ends."""

    include_usage: StrictBool = False


class ChatBody(BaseModel):
    """A conversation whose last question is answered. Fields that steer a language model are passed over."""

    model_config = ConfigDict(json_schema_extra=example_request("chat"))

    model: StrictStr
    messages: Annotated[list[MessageBody], Field(min_length=1)]
    stream: StrictBool | None = False
    stream_options: StreamOptionsBody | None = None
    n: StrictInt | None = Field(1, ge=1, le=1, description="there is one answer")

    def question(self) -> Question:
        """The last question of the user, with the turns before it.

        Raises:
            InvalidQuestion: there is none, or it cannot be asked.
        """
        asked = [at for at, message in enumerate(self.messages) if message.role == "user"]
        if not asked:
            raise InvalidQuestion("messages holds no message of the role user: there is nothing to answer.")
        message = self.messages[asked[-1]]
        if isinstance(message.content, list) and any(part.type != "text" for part in message.content):
            raise InvalidQuestion("messages holds a part that is no text: only text can be asked.")
        turns = tuple(
            Turn("user" if earlier.role == "user" else "assistant", earlier.text)
            for earlier in self.messages[: asked[-1]]
            if earlier.role in {"user", "assistant"}
        )
        question = Question(message.text, history=turns)
        return replace(question, script="traditional") if question.is_traditional else question

    @property
    def length(self) -> int:
        """Characters of all messages."""
        return sum(len(message.text) for message in self.messages)


class UrlCitationBody(BaseModel):
    """Where a mark of the answer leads."""

    start_index: int
    end_index: int
    title: str
    url: str


class AnnotationBody(BaseModel):
    """A mark [n] of the answer: the indexes are its first character's and the one after its last."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitationBody


class AnsweredBody(BaseModel):
    """What is answered: `refusal` where the texts hold no answer, else `content`."""

    role: Literal["assistant"] = "assistant"
    content: str | None
    refusal: str | None
    annotations: list[AnnotationBody]


class ChoiceBody(BaseModel):
    """The one answer."""

    index: int = 0
    message: AnsweredBody
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class UsageBody(BaseModel):
    """How much was read and written, in characters."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class CompletionBody(BaseModel):
    """A chat completion."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int = Field(description="seconds since 1970")
    model: str = MODEL
    system_fingerprint: str = Field(description="names the index that was asked")
    choices: list[ChoiceBody]
    usage: UsageBody


class DeltaBody(BaseModel):
    """What a chunk adds."""

    role: Literal["assistant"] | None = None
    content: str | None = None
    refusal: str | None = None
    annotations: list[AnnotationBody] | None = None

    @model_serializer(mode="wrap")
    def _only_what_is_added(self, whole: SerializerFunctionWrapHandler) -> dict[str, object]:
        return {name: value for name, value in whole(self).items() if value is not None}


class ChunkChoiceBody(BaseModel):
    """A chunk of the one answer."""

    index: int = 0
    delta: DeltaBody
    logprobs: None = None
    finish_reason: Literal["stop"] | None = None


class ChunkBody(BaseModel):
    """A chunk of a streamed completion."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str = MODEL
    system_fingerprint: str
    choices: list[ChunkChoiceBody]
    usage: UsageBody | None = None


class ModelBody(BaseModel):
    """The one model there is."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int = Field(description="when the index was built, in seconds since 1970")
    owned_by: str = MODEL


class ModelListBody(BaseModel):
    """The models that can be named."""

    object: Literal["list"] = "list"
    data: list[ModelBody]


class ErrorBody(BaseModel):
    """What went wrong, in words and names that OpenAI's clients know."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorReplyBody(BaseModel):
    """An error of OpenAI's interface."""

    error: ErrorBody
