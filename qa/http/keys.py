"""Who asks: a key is compared by its digest, so that neither memory nor time gives it away."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from index.errors import InvalidSetting
from index.settings import PREFIX, Settings
from qa.errors import KeyNeeded, MalformedAuthorization, NotAllowed, WrongKey

MIN_LENGTH = 16
"""ASCII characters of a key: a digest without salt protects no word that can be guessed."""
# What a header can hold of it, one for one: a client that sends other characters decides how to encode them.
_KEY = re.compile(rf"[!-~]{{{MIN_LENGTH},}}")
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
# RFC 6750, section 2.1, and RFC 7617.
_BEARER = re.compile(r"bearer +(?P<key>\S+) *", re.IGNORECASE)
_BASIC = re.compile(r"basic +(?P<pair>[A-Za-z0-9+/=]+) *", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks."""

    role: Literal["anyone", "user", "admin"]
    name: str | None = None
    """The beginning of the key's digest, to tell keys apart in a log; None without a key."""


ANYONE = Caller("anyone")


class KeyRing:
    """The keys of one variable; those of a file are read again when the file changes, so a line removed is revoked."""

    def __init__(self, variable: str, value: SecretStr) -> None:
        """Read them.

        Raises:
            InvalidSetting: the variable holds what is no key; the message does not repeat it.
        """
        self._variable = variable
        written = value.get_secret_value()
        self._file = Path(written[1:]) if written.startswith("@") else None
        self._read: tuple[int, int, int] | None = None
        self._digests: list[bytes] = []
        if self._file is None:
            self._digests = self._parse(written.split(","))
        else:
            try:
                self._refresh(self._file)
            except OSError as error:
                raise InvalidSetting(f"{variable}: {self._file} cannot be read ({error.strerror}).") from error

    def holds(self, key: str) -> bool:
        """Whether a key is one of them, in a time that does not depend on which or how nearly."""
        if self._file is not None:
            try:
                self._refresh(self._file)
            except (OSError, InvalidSetting):
                self._digests, self._read = [], None  # nobody gets in by a file that is gone or half written
        digest = _digest(key)
        found = False
        for known in self._digests:
            found |= hmac.compare_digest(digest, known)
        return found

    def _refresh(self, file: Path) -> None:
        status = file.stat()
        seen = (status.st_mtime_ns, status.st_size, status.st_ino)
        if seen != self._read:
            lines = file.read_text(encoding="utf-8").splitlines()
            self._digests = self._parse(line for line in lines if not line.lstrip().startswith("#"))
            self._read = seen

    def _parse(self, written: Iterable[str]) -> list[bytes]:
        digests = []
        for number, key in enumerate((key.strip() for key in written), 1):
            if match := _DIGEST.fullmatch(key):
                digests.append(bytes.fromhex(match[1]))
            elif key.startswith("sha256:") or (key and not _KEY.fullmatch(key)):
                raise InvalidSetting(
                    f"{self._variable}: key {number} is neither {MIN_LENGTH} ASCII characters or more without a space "
                    "nor sha256: and 64 hexadecimal digits. Make one with: policyqa key"
                )
            elif key:
                digests.append(_digest(key))
        return digests


class Door:
    """Decides who may come in."""

    def __init__(self, settings: Settings) -> None:
        """Read the keys of the settings.

        Raises:
            InvalidSetting: one of them is none.
        """
        self._users = _ring("api_keys", settings.api_keys)
        self._admins = _ring("admin_keys", settings.admin_keys)
        self._public = settings.public

    def recognise(self, authorization: str | None) -> Caller:
        """Who a request comes from.

        Raises:
            MalformedAuthorization: the header is none.
            WrongKey: the key is none of those that are valid now.
        """
        if authorization is None:
            return ANYONE
        key = _key_of(authorization)
        name = _digest(key).hex()[:8]
        if self._admins and self._admins.holds(key):
            return Caller("admin", name)
        if self._users is None:
            return ANYONE  # clients that must send some key send any
        if self._users.holds(key):
            return Caller("user", name)
        raise WrongKey("The key is not valid here: it is mistyped, or was revoked.")

    def let_in(self, caller: Caller, address: str | None, host: str | None) -> None:
        """Refuse whoever may not ask. `host` is the name that the server was called by.

        Raises:
            KeyNeeded: a key is needed.
            NotAllowed: without keys, only this machine is served.
        """
        if caller.role != "anyone" or self._public:
            return
        if self._users is not None:
            raise KeyNeeded("A key is needed: send it as Authorization: Bearer KEY.")
        if not is_local(address):
            raise NotAllowed(
                f"No keys are set, so only this machine is served, not {address}. Set {PREFIX}API_KEYS, or "
                f"{PREFIX}PUBLIC=true to serve everyone."
            )
        # A foreign page may have its own name lead here, so that a browser takes this server for a part of it.
        if not is_local_name(host):
            raise NotAllowed(
                f"No keys are set, so this server answers to names of this machine only, not to {host!r}. "
                f"Set {PREFIX}API_KEYS, or {PREFIX}PUBLIC=true to serve everyone."
            )


def is_local(address: str | None) -> bool:
    """Whether an address is this machine's own; a socket without an address is."""
    parsed = _address(address)
    return parsed is None or parsed.is_loopback


def is_local_name(host: str | None) -> bool:
    """Whether a name is this machine's own: its addresses, and names without a dot, which nobody can register."""
    name = (host or "").rstrip(".").lower()
    address = _address(name)
    return address.is_loopback if address else "." not in name.removesuffix(".localhost")


def _address(text: str | None) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address((text or "").strip("[]").split("%")[0])
    except ValueError:
        return None


def _ring(field: str, value: SecretStr | None) -> KeyRing | None:
    return KeyRing(f"{PREFIX}{field.upper()}", value) if value else None


def _key_of(authorization: str) -> str:
    if match := _BEARER.fullmatch(authorization):
        return match["key"]
    if match := _BASIC.fullmatch(authorization):
        try:
            _, colon, password = base64.b64decode(match["pair"], validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            colon = password = ""
        if colon and password:
            return password
    raise MalformedAuthorization("The Authorization header must be: Bearer KEY, or Basic with the key as password.")


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
