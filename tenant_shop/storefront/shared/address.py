"""Which requests may be answered with a shared page, and what distinguishes one page from another."""

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import unquote_plus

from django.conf import settings
from django.http import HttpRequest

from platform_core.tenancy.cache import fenced_key
from platform_core.tenancy.context import TenantInfo, current_tenant
from tenant_shop.storefront.shared.release import release

# What the shop's own lists are addressed with. Anything else, a text to search for among it, makes a page of its own
# that nobody else will ask for: it is not kept.
PARAMETERS = frozenset({"available", "page", "sort"})
VALUE = re.compile(r"-?[A-Za-z0-9_]{1,32}")
MOST_PARAMETERS = 4
LONGEST_PATH = 300
# Where a visitor came from: it changes nothing in the page, and is left out before the page is made.
FOREIGN = re.compile(r"(?:utm_[a-z]+|gclid|gbraid|wbraid|fbclid|msclkid)")
# The first part of paths that are never shared; asking for them would be in vain.
NEVER_SHARED = frozenset(
    {"account", "admin", "api", "cart", "checkout", "dashboard", "healthz", "media", "orders", "readyz", "static"}
)
# A shop's pages share this many places: a robot that invents addresses can push pages out, but cannot fill Redis.
PLACES = 4096


@dataclass(frozen=True, slots=True)
class Address:
    """A page of the active shop in one language, currency and look: `digest` names it, `key` is its place in Redis."""

    digest: str
    key: str


def address_of(request: HttpRequest) -> Address | None:
    """The shared page that `request` asks for; None when it asks for something else.

    Parameters that only tell where the visitor came from are taken out of the request.
    """
    meta = request.META
    if request.method not in ("GET", "HEAD") or "HTTP_AUTHORIZATION" in meta or "HTTP_HX_REQUEST" in meta:
        return None
    path = request.path
    if len(path) > LONGEST_PATH or path.split("/", 2)[1] in NEVER_SHARED:
        return None
    query = _shared_query(meta["QUERY_STRING"]) if meta.get("QUERY_STRING") else ""
    if query is None:
        return None
    shop = _facts_of(current_tenant())
    host = request._get_raw_host()  # type: ignore[attr-defined]
    if host not in shop.hosts:
        return None
    if query != meta.get("QUERY_STRING", ""):
        meta["QUERY_STRING"] = query
    asked = f"{request.scheme}://{host}{path}?{query} {shop.digest} {release()}"
    digest = hashlib.blake2b(asked.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return Address(digest, fenced_key(f"page:{int(digest[:8], 16) % PLACES}", "", 1))


def _shared_query(query: str) -> str | None:
    """`query` without what is foreign to the page; None when it holds anything that is not of a list's own address."""
    kept = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if FOREIGN.fullmatch(name):
            continue
        if name not in PARAMETERS or not VALUE.fullmatch(unquote_plus(value)):
            return None
        kept.append(pair)
    return "&".join(kept) if len(kept) <= MOST_PARAMETERS else None


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
