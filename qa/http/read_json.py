"""What every body that is read has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class RequestBody(BaseModel):
    """A body that is read: an unknown field is an error, since it is most likely a misspelt one."""

    model_config = ConfigDict(extra="forbid")
