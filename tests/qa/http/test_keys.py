from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from pydantic import SecretStr

from index.errors import InvalidSetting
from index.settings import read_settings
from qa.errors import KeyNeeded, MalformedAuthorization, NotAllowed, WrongKey
from qa.http.keys import ANYONE, Caller, Door, KeyRing, is_local, is_local_name

ONE, TWO, ADMIN = "key-number-one-of-all", "key-number-two-of-all", "key-of-the-administrator"


def digest(key: str) -> str:
    return "sha256:" + hashlib.sha256(key.encode()).hexdigest()


def door(**settings: str) -> Door:
    return Door(read_settings({f"POLICYQA_{name.upper()}": value for name, value in settings.items()}))


def named(key: str) -> str:
    return digest(key)[7:15]


@pytest.mark.parametrize(
    "written", [f"{ONE},{TWO}", f" {ONE} , {TWO} ,", f"{digest(ONE)},{TWO}", f"{digest(TWO)},{ONE}"]
)
def test_keys_are_known_by_themselves_or_by_their_digest(written: str) -> None:
    ring = KeyRing("X", SecretStr(written))

    assert ring.holds(ONE)
    assert ring.holds(TWO)
    for wrong in (ONE[:-1], ONE + "x", ONE.upper(), "", digest(ONE), f"{ONE},{TWO}", "é" * 20, "\udcff"):
        assert not ring.holds(wrong)


def test_no_key_is_held_in_memory() -> None:
    ring = KeyRing("X", SecretStr(ONE))

    assert ONE not in repr(vars(ring))


@pytest.mark.parametrize(
    "written",
    [
        "short",
        f"{ONE},short",
        "sha256:12",
        f"sha256:{'g' * 64}",
        "a key with spaces in it",
        "密钥" * 10,
        "a-key-with-a\0in-it",
    ],
)
def test_what_is_no_key_is_refused_without_being_repeated(written: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        KeyRing("POLICYQA_API_KEYS", SecretStr(written))

    assert "POLICYQA_API_KEYS" in str(caught.value)
    assert written.rsplit(",", maxsplit=1)[-1] not in str(caught.value)


def test_a_key_that_is_removed_from_the_file_is_revoked_at_once(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"# who asks\n{digest(ONE)}\n\n{TWO}\n", encoding="utf-8")
    ring = KeyRing("X", SecretStr(f"@{file}"))
    assert ring.holds(ONE)
    assert ring.holds(TWO)

    file.write_text(f"{TWO}\n", encoding="utf-8")
    assert not ring.holds(ONE)
    assert ring.holds(TWO)

    for broken in ("short\n", None):
        file.unlink() if broken is None else file.write_text(broken, encoding="utf-8")
        assert not ring.holds(TWO)
    file.write_text(f"{ONE}\n", encoding="utf-8")
    assert ring.holds(ONE)


def test_a_file_that_is_not_there_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match=r"POLICYQA_ADMIN_KEYS: .*nowhere cannot be read"):
        door(admin_keys=f"@{tmp_path}/nowhere")


def basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


@pytest.mark.parametrize(
    ("authorization", "caller"),
    [
        (None, ANYONE),
        (f"Bearer {ONE}", Caller("user", named(ONE))),
        (f"bearer   {ONE} ", Caller("user", named(ONE))),
        (basic(f":{ONE}"), Caller("user", named(ONE))),
        (basic(f"anybody:{ONE}"), Caller("user", named(ONE))),
        (f"Bearer {ADMIN}", Caller("admin", named(ADMIN))),
    ],
)
def test_a_caller_is_recognised_by_the_key(authorization: str | None, caller: Caller) -> None:
    assert door(api_keys=ONE, admin_keys=ADMIN).recognise(authorization) == caller


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer ", ONE, f"Token {ONE}", "Basic ???", basic("x"), basic("x:")]
)
def test_a_header_that_is_none_is_told(authorization: str) -> None:
    with pytest.raises(MalformedAuthorization):
        door(api_keys=ONE).recognise(authorization)


@pytest.mark.parametrize("authorization", [f"Bearer {TWO}", basic(f":{TWO}"), "Bearer \xff"])
@pytest.mark.parametrize("public", ["true", "false"])
def test_a_wrong_key_is_told_also_where_none_is_needed(authorization: str, public: str) -> None:
    with pytest.raises(WrongKey):
        door(api_keys=ONE, public=public).recognise(authorization)


def test_without_keys_any_key_will_do_but_the_admins_is_known() -> None:
    assert door().recognise(f"Bearer {ONE}") == ANYONE
    assert door(admin_keys=ADMIN).recognise(f"Bearer {ONE}") == ANYONE
    assert door(admin_keys=ADMIN).recognise(f"Bearer {ADMIN}").role == "admin"


def test_where_keys_are_set_nobody_comes_in_without() -> None:
    with pytest.raises(KeyNeeded):
        door(api_keys=ONE).let_in(ANYONE, "127.0.0.1", "localhost")
    door(api_keys=ONE).let_in(Caller("user", "x"), "203.0.113.7", "policy.example.org")
    door(api_keys=ONE, public="true").let_in(ANYONE, "203.0.113.7", "policy.example.org")


@pytest.mark.parametrize(
    ("address", "host"),
    [("203.0.113.7", "localhost"), ("10.0.0.1", "127.0.0.1"), ("2001:db8::1", "::1"), ("127.0.0.1", "evil.example")],
)
def test_without_keys_only_this_machine_comes_in_and_by_its_own_name(address: str, host: str) -> None:
    with pytest.raises(NotAllowed, match="POLICYQA_API_KEYS"):
        door().let_in(ANYONE, address, host)
    door(public="true").let_in(ANYONE, address, host)


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        (None, True),
        ("", True),
        ("192.168.1.2", False),
        ("fe80::1%eth0", False),
        ("0.0.0.0", False),  # noqa: S104 - nothing listens here
    ],
)
def test_local_addresses(address: str | None, local: bool) -> None:
    assert is_local(address) is local


@pytest.mark.parametrize(
    ("name", "local"),
    [
        ("localhost", True),
        ("app.localhost", True),
        ("testserver", True),
        ("127.0.0.1", True),
        ("[::1]", True),
        (None, True),
        ("localhost.", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("10.0.0.1", False),
        ("2130706433.evil.example", False),
    ],
)
def test_local_names(name: str | None, local: bool) -> None:
    assert is_local_name(name) is local
