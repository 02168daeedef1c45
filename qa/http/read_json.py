"""What bodies that are read have in common."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StrictStr, WithJsonSchema

# What no database keeps and no UTF-8 can write: NUL, and a surrogate without its other half.
_NO_TEXT = re.compile(r"[\0\ud800-\udfff]")


def _whole(text: str) -> str:
    if found := _NO_TEXT.search(text):
        kind = "NUL" if found[0] == "\0" else "half a character (a lone surrogate)"
        raise ValueError(f"it holds {kind} at {found.start()}")
    return text


WholeText = Annotated[StrictStr, AfterValidator(_whole), WithJsonSchema({"type": "string", "pattern": r"^[^\u0000]*$"})]
"""A text that can be kept."""


class RequestBody(BaseModel):
    """A body that is read: an unknown field is an error, since it is most likely a misspelt one."""

    model_config = ConfigDict(extra="forbid")
