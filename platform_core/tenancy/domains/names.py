"""Which names can be a shop's own domain."""

import re
from ipaddress import ip_address

from django.conf import settings

from platform_core.tenancy.domains.errors import DomainRefused
from platform_core.tenancy.domains.models import DOMAIN_PATTERN

LONGEST = 253
# Names that mean something else to every machine (RFC 6761, 6762, 7686, 8375, 9476), or nothing outside one house.
NOBODYS = frozenset({"alt", "arpa", "internal", "invalid", "lan", "local", "localdomain", "localhost", "onion"})


def read_domain(text: str) -> str:
    """The name in lower case and ASCII, without what people paste along: a scheme, a path, a port, a last dot.

    Errors: DomainRefused, also for every name at or above or below the platform's own.
    """
    name = re.sub(r"^[a-z][a-z0-9+.-]*://", "", text.strip().lower()).split("/")[0].rstrip(".")
    name = re.sub(r":\d{1,5}$", "", name)
    try:
        name = name.encode("idna").decode() if not name.isascii() else name
    except UnicodeError:
        raise DomainRefused(f"“{text.strip()[:100]}” is no domain.") from None
    if not name or len(name) > LONGEST or not re.fullmatch(DOMAIN_PATTERN, name) or _is_address(name):
        raise DomainRefused("A domain is a name such as www.example.com.")
    if name.rsplit(".", 1)[1] in NOBODYS:
        raise DomainRefused(f"“.{name.rsplit('.', 1)[1]}” is no domain that the world can reach.")
    for own in {settings.PLATFORM_DOMAIN, *settings.PLATFORM_HOSTS}:
        if name == own or name.endswith(f".{own}") or own.endswith(f".{name}"):
            raise DomainRefused("This name belongs to the platform. Your shop answers there already.")
    return name


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return name.rsplit(".", 1)[1].isdigit()
    return True
