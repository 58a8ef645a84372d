"""A new key."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db.models import Q

from platform_core.plans.limits import Feature
from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.transactions import shop_transaction
from smartseller.api.keys.errors import KeyNotMade, ScopeNotYours, TooManyKeys
from smartseller.api.keys.rules import MOST_PLACES, check_end, check_known, read_name, read_networks
from smartseller.api.keys.secret import digest_of, make_secret, prefix_of
from tenant_shop.integrations.keys.errors import ApiNotInPlan
from tenant_shop.integrations.keys.models import ApiKey
from tenant_shop.integrations.keys.scopes import SCOPES, in_order, permission_for

MOST_KEYS = 100
ANY_ORIGIN = "*"
# One at a time, or the last places would be taken twice.
TAKE_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('api keys', 0))"


@dataclass(frozen=True, slots=True)
class MadeKey:
    """The key, and its secret, which is nowhere else."""

    key: ApiKey
    secret: str


def make_key(
    *,
    name: str,
    scopes: Iterable[str],
    permits: Callable[[str], bool],
    at: datetime,
    kind: ApiKey.Kind = ApiKey.Kind.SECRET,
    is_test: bool = False,
    networks: Sequence[str] = (),
    origins: Sequence[str] = (),
    expires_at: datetime | None = None,
    actor: str = "",
) -> MadeKey:
    """Make a key that may do `scopes`, as far as `permits` says that its maker may do the same.

    `networks` are addresses or CIDR blocks, `origins` like https://example.com, or "*" for a publishable key.
    Errors: ApiNotInPlan, KeyNotMade, ScopeNotYours, TooManyKeys; nothing is made then.
    """
    terms = current_tenant().plan_terms
    if not terms.includes(Feature.API_ACCESS):
        raise ApiNotInPlan(terms.plan)
    wanted = _checked(list(scopes), permits, kind)
    check_end(expires_at, at=at)
    secret = make_secret(kind, is_test=is_test)
    with shop_transaction():
        _take_turn(at)
        key = ApiKey.objects.create(
            name=read_name(name),
            kind=kind,
            is_test=is_test,
            prefix=prefix_of(secret),
            digest=digest_of(secret, current_tenant().id),
            scopes=wanted,
            networks=read_networks(networks),
            origins=read_origins(origins, kind),
            expires_at=expires_at,
            created_by=actor,
        )
    return MadeKey(key, secret)


def _checked(scopes: list[str], permits: Callable[[str], bool], kind: ApiKey.Kind) -> list[str]:
    check_known(scopes, SCOPES)
    if kind == ApiKey.Kind.PUBLISHABLE and scopes:
        raise KeyNotMade("A publishable key has no scopes: it sees what shoppers see.")
    for scope in scopes:
        if not permits(permission_for(scope)):
            raise ScopeNotYours(scope)
    return in_order(scopes)


def _take_turn(at: datetime) -> None:
    with shop_connection().cursor() as cursor:
        cursor.execute(TAKE_TURN)
    if ApiKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=at), revoked_at=None).count() >= MOST_KEYS:
        raise TooManyKeys(MOST_KEYS)


def read_origins(given: Sequence[str], kind: ApiKey.Kind) -> list[str]:
    """Origins as browsers name them, each once. Errors: KeyNotMade."""
    if len(given) > MOST_PLACES:
        raise KeyNotMade(f"Up to {MOST_PLACES} origins.")
    return list(dict.fromkeys(_origin(text.strip(), kind) for text in given))


def _origin(text: str, kind: ApiKey.Kind) -> str:
    if text == ANY_ORIGIN and kind == ApiKey.Kind.PUBLISHABLE:
        return text
    try:
        parts = urlsplit(text.lower())
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise KeyNotMade(f"This is no origin: {text}.") from error
    is_whole = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_whole:
        raise KeyNotMade(f"This is no origin, such as https://example.com: {text}.")
    return f"{parts.scheme}://{parts.hostname}{port}"
