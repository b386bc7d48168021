"""Network addresses: whether they are reached from this machine only."""

from ipaddress import ip_address

__all__ = ["is_loopback", "is_loopback_name"]


def is_loopback(host: str) -> bool:
    """Whether the address of a client is this machine's own."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def is_loopback_name(host: str) -> bool:
    """Whether a listening address is reached from this machine only."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
