"""What bodies that are read have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StrictStr, WithJsonSchema

from index.read.records import flaw_in


def _whole(text: str) -> str:
    if flaw := flaw_in(text):
        raise ValueError(f"it holds {flaw}")
    return text


WholeText = Annotated[StrictStr, AfterValidator(_whole), WithJsonSchema({"type": "string", "pattern": r"^[^\u0000]*$"})]
"""A text that can be kept."""


class RequestBody(BaseModel):
    """A body that is read: an unknown field is an error, since it is most likely a misspelt one."""

    model_config = ConfigDict(extra="forbid")
