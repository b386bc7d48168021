"""How often a key and an address may ask; the door to the `limits` library."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from math import ceil

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

__all__ = ["Allowance", "Rates", "address_group", "check_rate"]

NETWORK_BITS = 64  # of an IPv6 address: one subscriber has at least as many addresses as remain


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit after a request.

    Attributes:
        reset_seconds: Until the window is over, at least 1.
        allowed: Whether the request was within the limit.
    """

    limit: int
    remaining: int
    reset_seconds: int
    allowed: bool

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }


class Rates:
    """Counts requests in the memory of this process.

    Args:
        per_key: Such as "600/minute".
        per_address: The same, for one address.
    """

    def __init__(self, *, per_key: str, per_address: str) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._per_key, self._per_address = parse(per_key), parse(per_address)

    def of_key(self, key_id: str) -> Allowance:
        """Count a request with a key."""
        return self._count(self._per_key, ("key", key_id))

    def of_address(self, address: str) -> Allowance:
        """Count a request from an address."""
        return self._count(self._per_address, ("address", address_group(address)))

    def _count(self, limit: RateLimitItem, whose: Sequence[str]) -> Allowance:
        allowed = self._limiter.hit(limit, *whose)
        left = self._limiter.get_window_stats(limit, *whose)
        seconds = max(1, ceil(left.reset_time - time.time()))
        return Allowance(limit.amount, max(0, left.remaining), seconds, allowed)


def check_rate(text: str) -> str:
    """The text, if it is a rate such as "600/minute".

    Raises:
        ValueError: It is none.
    """
    try:
        parse(text)
    except ValueError:
        raise ValueError(f"{text!r} is no rate; write one such as 600/minute") from None
    return text


def address_group(address: str) -> str:
    """Addresses that count as one: an IPv4 address, or the /64 network of an IPv6 address."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return found.compressed
    if found.ipv4_mapped:
        return found.ipv4_mapped.compressed
    return f"{ip_address(int(found) >> NETWORK_BITS << NETWORK_BITS)}/{NETWORK_BITS}"
