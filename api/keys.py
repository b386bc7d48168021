"""Keys: what each kind may do, and how one is recognised without being kept."""

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = ["Key", "KeyKind", "KeyRing", "NewKey", "Right", "new_key"]

SECRET_BYTES: Final = 24  # 192 random bits: nobody guesses them, so a fast hash is enough


class Right(StrEnum):
    """What a route asks of the key that comes with a request."""

    OPEN = "open"
    ASK = "ask"
    READ = "read"
    ADMIN = "admin"


class KeyKind(StrEnum):
    """The three kinds of section 5 of the contract."""

    PUBLIC = "public"
    SEARCH = "search"
    ADMIN = "admin"

    @property
    def rights(self) -> frozenset[Right]:
        return RIGHTS[self]


RIGHTS: Final = {
    KeyKind.PUBLIC: frozenset({Right.OPEN, Right.ASK}),
    KeyKind.SEARCH: frozenset({Right.OPEN, Right.ASK, Right.READ}),
    KeyKind.ADMIN: frozenset(Right),
}


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept: its hash, never its secret.

    A revoked key stays on the ring. Were it dropped, the last one would take the locks with it.

    Attributes:
        id: Names the key in lists and logs; it gives no access.
        sha256: Of the secret, in hexadecimal digits.
        origins: Pages that a public key may be used from, in the spelling of `normal_origin`.
    """

    id: str
    kind: KeyKind
    sha256: str
    created: dt.datetime
    name: str = ""
    origins: tuple[str, ...] = ()
    expires: dt.datetime | None = None
    revoked: dt.datetime | None = None

    def __post_init__(self) -> None:
        if (self.kind is KeyKind.PUBLIC) != bool(self.origins):
            raise ValueError(
                f"a public key needs origins and no other kind has any, got {self.kind.value} "
                f"with {len(self.origins)}"
            )

    def is_live(self, now: dt.datetime) -> bool:
        """Whether the key may be used; at the moment of expiry it no longer may."""
        return self.revoked is None and (self.expires is None or now < self.expires)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made, with the secret that is shown once."""

    key: Key
    secret: str


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Every key that was ever made."""

    keys: tuple[Key, ...] = ()

    def find(self, secret: str) -> Key | None:
        """The key of a secret. Every key is compared, each in constant time."""
        digest, found = digest_of(secret), None
        for key in self.keys:
            if hmac.compare_digest(key.sha256, digest):
                found = key
        return found

    def knows_origin(self, origin: str, now: dt.datetime) -> bool:
        """Whether some live key may be used from a page; what a preflight asks."""
        return any(key.is_live(now) and origin in key.origins for key in self.keys)


def new_key(
    kind: KeyKind,
    *,
    now: dt.datetime,
    name: str = "",
    origins: tuple[str, ...] = (),
    expires: dt.datetime | None = None,
) -> NewKey:
    """Make a key.

    Raises:
        ValueError: A public key without origins, or another kind with them.
    """
    # The prefix tells people and scanners of leaked secrets what they look at.
    secret = f"fn_{kind.value}_{secrets.token_urlsafe(SECRET_BYTES)}"
    key = Key(secrets.token_hex(4), kind, digest_of(secret), now, name, origins, expires)
    return NewKey(key, secret)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
