"""What a host name says: the platform, a shop's own name under it, or perhaps a shop's custom domain."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

# RFC 1123: letters, digits and hyphens, neither first nor last.
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class PlatformHost:
    """The platform's own host."""


@dataclass(frozen=True, slots=True)
class ShopHost:
    """`<slug>.<platform domain>`."""

    slug: str


@dataclass(frozen=True, slots=True)
class CustomHost:
    """Any other name: a shop's own domain, or nobody's."""

    domain: str


Reading = PlatformHost | ShopHost | CustomHost | None

# What is remembered is bounded: a visitor can invent any number of hosts, of any length.
READINGS_KEPT = 20_000
LONGEST_KEPT = 260
_readings: dict[str, Reading] = {}
_UNREAD = CustomHost("")


def host_of(request: HttpRequest) -> Reading:
    """What the Host header of `request` stands for. Errors: DisallowedHost (400) when it is malformed.

    Django would parse and check the header anew on every request; what it says depends on its text only.
    """
    raw = request._get_raw_host()  # type: ignore[attr-defined]
    reading = _readings.get(raw, _UNREAD)
    if reading is _UNREAD:
        reading = read_host(request.get_host())
        if len(_readings) >= READINGS_KEPT:
            _readings.clear()
        if len(raw) <= LONGEST_KEPT:
            _readings[raw] = reading
    return reading


def read_host(host: str) -> Reading:
    """What a host name stands for, in any case, with or without port and final dot; None when it is no host name."""
    domain, _ = split_domain_port(host)
    platform = settings.PLATFORM_DOMAIN
    if domain in settings.PLATFORM_HOSTS:
        return PlatformHost()
    labels = domain.split(".")
    if len(domain) > 253 or not all(LABEL.fullmatch(label) for label in labels):
        return None
    if domain.endswith("." + platform):
        slug = domain[: -len(platform) - 1]
        return ShopHost(slug) if "." not in slug else None
    return CustomHost(domain)


def platform_url(path: str = "/") -> str:
    """The absolute URL of `path` on the platform's host."""
    return f"{settings.PLATFORM_SCHEME}://{settings.PLATFORM_DOMAIN}{_port()}{path}"


def shop_url(slug: str, path: str = "/") -> str:
    """The absolute URL of `path` on the host of the shop `slug` under the platform's domain."""
    return f"{settings.PLATFORM_SCHEME}://{slug}.{settings.PLATFORM_DOMAIN}{_port()}{path}"


def public_url(slug: str, domain: str | None, path: str = "/") -> str:
    """The absolute URL of `path` where shoppers are to find a shop: at its own domain, else under the platform's."""
    return f"{settings.PLATFORM_SCHEME}://{domain}{_port()}{path}" if domain else shop_url(slug, path)


def _port() -> str:
    standard = {"http": 80, "https": 443}[settings.PLATFORM_SCHEME]
    return "" if standard == settings.PLATFORM_PORT else f":{settings.PLATFORM_PORT}"
