"""Which requests may be answered with a shared page, and what distinguishes one page from another."""

import hashlib
import re
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from platform_core.tenancy.cache import fenced_key
from platform_core.tenancy.context import TenantInfo, current_tenant
from tenant_shop.configuration.languages import codes
from tenant_shop.storefront.preview import COOKIE as PREVIEW_COOKIE
from tenant_shop.storefront.shared.release import release

# What the shop's own lists are addressed with: their pages are kept. A page that is asked for with anything else is
# kept when its view knows the address for one that its pages link to.
PARAMETERS = frozenset({"available", "page", "sort"})
VALUE = re.compile(r"-?\w{1,32}", re.ASCII)
MOST_PARAMETERS = 4
# Texts that visitors search for are theirs, and are written into the log of searches each time.
PRIVATE = frozenset({"q"})
LONGEST_PATH, LONGEST_QUERY = 300, 300
# Where a visitor came from: it changes nothing in the page, and is left out before the page is made.
FOREIGN = re.compile(r"(?:utm_[a-z]+|gclid|gbraid|wbraid|fbclid|msclkid)")
# The first part of paths that are never shared; asking for them would be in vain.
NEVER_SHARED = frozenset(
    {
        "account",
        "admin",
        "api",
        "cart",
        "checkout",
        "dashboard",
        "login",
        "logout",
        "media",
        "orders",
        "quotes",
        "readyz",
        "static",
    }
)
# A shop's pages share this many places: a robot that invents addresses can push pages out, but cannot fill Redis.
PLACES = 4096


@dataclass(frozen=True, slots=True)
class Address:
    """A page of the active shop in one language, currency and look: `digest` names it, `key` is its place in Redis.

    `is_common` when only what every list has stands in its query.
    """

    digest: str
    key: str
    is_common: bool


def address_of(request: HttpRequest) -> Address | None:
    """The shared page that `request` asks for; None when it asks for something else.

    Parameters that only tell where the visitor came from are taken out of the request.
    """
    meta = request.META
    if request.method not in ("GET", "HEAD") or "HTTP_AUTHORIZATION" in meta or "HTTP_HX_REQUEST" in meta:
        return None
    path = request.path
    if len(path) > LONGEST_PATH or _first_word(path) in NEVER_SHARED:
        return None
    if PREVIEW_COOKIE in meta.get("HTTP_COOKIE", ""):
        return None
    given = meta.get("QUERY_STRING", "")
    query = _shared_query(given) if given else ""
    if query is None:
        return None
    shop = _facts_of(current_tenant())
    host = request._get_raw_host()  # type: ignore[attr-defined]
    if host not in shop.hosts:
        return None
    if query != given:
        meta["QUERY_STRING"] = query
    asked = f"{request.scheme}://{host}{path}?{query} {shop.digest} {release()}"
    digest = hashlib.blake2b(asked.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    key = fenced_key(f"page:{int(digest[:8], 16) % PLACES}", "", 1)
    return Address(digest, key, not query or _is_common(query))


def shop_digest() -> str:
    """A digest of what the platform knows of the active shop: its names, its domain, its theme. No statement."""
    return _facts_of(current_tenant()).digest


def _first_word(path: str) -> str:
    """The first part of a path, its language left out."""
    _, first, *rest = path.split("/", 3)
    return rest[0] if rest and first in codes() else first


def _shared_query(query: str) -> str | None:
    """`query` without what is foreign to the page; None when its page is nobody else's."""
    pairs = [pair for pair in query.split("&") if not FOREIGN.fullmatch(pair.partition("=")[0])]
    if len(query) > LONGEST_QUERY or any(pair.partition("=")[0] in PRIVATE for pair in pairs):
        return None
    return "&".join(pairs)


def _is_common(query: str) -> bool:
    pairs = [pair.partition("=") for pair in query.split("&")]
    return len(pairs) <= MOST_PARAMETERS and all(
        name in PARAMETERS and VALUE.fullmatch(value) for name, _, value in pairs
    )


@dataclass(frozen=True, slots=True)
class _ShopFacts:
    """What of a shop's row at the platform is in its pages; `hosts` are the names under which pages are kept."""

    tenant: TenantInfo
    digest: str
    hosts: frozenset[str]


# By alias; rows are read anew every few seconds, and a new object is a new row.
_facts: dict[str, _ShopFacts] = {}
MOST_FACTS = 20_000


def _facts_of(tenant: TenantInfo) -> _ShopFacts:
    facts = _facts.get(tenant.alias)
    if facts is None or facts.tenant is not tenant:
        if len(_facts) >= MOST_FACTS:
            _facts.clear()
        names = [f"{tenant.slug}.{settings.PLATFORM_DOMAIN}", *([tenant.domain] if tenant.domain else [])]
        hosts = frozenset(names) | {f"{name}:{settings.PLATFORM_PORT}" for name in names}
        # The whole row: its theme, its name, its currency, and whatever is added to it.
        digest = hashlib.blake2b(repr(tenant).encode(), digest_size=8).hexdigest()
        facts = _facts[tenant.alias] = _ShopFacts(tenant, digest, hosts)
    return facts
