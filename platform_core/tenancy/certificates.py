"""For which names this installation may ask for a certificate: its own, and those of its shops."""

import threading
import time

from platform_core.tenancy import directory
from platform_core.tenancy.errors import UnknownTenant
from platform_core.tenancy.gate import Gate, gate_of
from platform_core.tenancy.hosts import PlatformHost, ShopHost, read_host

# Names that the process does not know are looked up so often a second at most: anybody can invent any number of them.
LOOKUPS_A_SECOND = 20

_lock = threading.Lock()
_second, _lookups = 0, 0


class TooManyNames(Exception):
    """More unknown names were asked about within a second than are looked up."""


def may_have_certificate(name: str) -> bool:
    """Whether `name` (without port) is the platform's host or that of a shop that is not gone.

    A shop that this process knows costs nothing, another one a statement. Errors: TooManyNames, DirectoryUnavailable.
    """
    reading = read_host(name.lower().rstrip(".")) if ":" not in name else None
    if reading is None or isinstance(reading, PlatformHost):
        return reading is not None
    field, value = ("slug", reading.slug) if isinstance(reading, ShopHost) else ("domain", reading.domain)
    if not directory.is_known(field, value):
        _count_lookup()
    try:
        shop = directory.by_slug(value) if field == "slug" else directory.by_domain(value)
    except UnknownTenant:
        return False
    return gate_of(shop) is not Gate.GONE


def _count_lookup() -> None:
    global _second, _lookups
    with _lock:
        now = int(time.monotonic())
        if now != _second:
            _second, _lookups = now, 0
        _lookups += 1
        if _lookups > LOOKUPS_A_SECOND:
            raise TooManyNames
