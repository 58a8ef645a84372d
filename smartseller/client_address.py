"""Where a request comes from."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Who sends the request: behind a proxy that we trust, what that proxy saw."""
    if settings.SECURE_PROXY_SSL_HEADER:
        seen = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
        if seen:
            return seen
    return str(request.META.get("REMOTE_ADDR", ""))


def ip_of(request: HttpRequest) -> str | None:
    """The IP address that the request comes from; None where a proxy or a socket says something else."""
    try:
        return str(ip_address(address_of(request)))
    except ValueError:
        return None
