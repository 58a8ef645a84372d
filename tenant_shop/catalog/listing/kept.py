"""Counts that are kept until one of the counted facts changes.

They are kept in Redis under the number of changes that the counting transaction saw (`listing_changes`): after any
change that a facet could show, every reader asks for other counts. Without Redis they are counted each time.

What can be chosen together has no end, so a shop has numbered places for its counts, as for its pages
(docs/decisions/0011-shared-pages.md): what is asked for last takes the place of what was there.
"""

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any

import redis

from platform_core.tenancy import quick_redis
from platform_core.tenancy.cache import fenced_key
from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.quick_redis import RedisUnavailable
from tenant_shop.catalog.listing.conditions import new_between
from tenant_shop.catalog.listing.counts import Counts, count_all
from tenant_shop.catalog.listing.filters import NO_FILTERS, Filters, Scope
from tenant_shop.catalog.listing.own import OwnListing

# Seconds.
KEEP = 3600
# For whole lists, and as many for narrowed ones; some 10 KB each. A robot that tries filters can push counts out, but
# cannot fill Redis.
PLACES = 2048
# Beside the counts, what they are the counts of.
DIGEST = "of"
FIELDS = {one.name for one in fields(Counts)}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where counts are kept, shared with others: `digest` names these, `key` is the place in Redis."""

    digest: str
    key: str


def counts_of(scope: Scope, filters: Filters, own: OwnListing | None = None) -> tuple[Counts, Counts]:
    """The counts of the whole scope, and under the filters. Two statements, one when they are known already.

    The number of changes is read before anything is counted. What changes in between is counted under the older number,
    which nobody asks for again.
    """
    state = (_changes(), new_between(), own.state if own else ())
    asked = {"scope": NO_FILTERS, "filtered": filters} if filters else {"scope": NO_FILTERS}
    places = {name: _place(state, scope, wanted) for name, wanted in asked.items()}
    found = _look(places)
    missing = {name: wanted for name, wanted in asked.items() if name not in found}
    if missing:
        counted = count_all(scope, missing, own)
        _keep({places[name]: counts for name, counts in counted.items()})
        found |= counted
    return found["scope"], found.get("filtered", found["scope"])


def _look(places: Mapping[str, Place]) -> dict[str, Counts]:
    """What is kept, by the names of the places; nothing while Redis does not answer."""
    try:
        kept = quick_redis.ask("MGET", *(place.key for place in places.values()))
    except (RedisUnavailable, redis.ResponseError) as error:
        logger.debug("kept counts are out of reach: %s", error)
        return {}
    read = {name: _read(text, places[name].digest) for name, text in zip(places, kept, strict=True) if text is not None}
    return {name: counts for name, counts in read.items() if counts is not None}


def _keep(counted: Mapping[Place, Counts]) -> None:
    try:
        for place, counts in counted.items():
            told = {DIGEST: place.digest, **asdict(counts)}
            quick_redis.ask("SET", place.key, json.dumps(told, default=str), "EX", KEEP)
    except (RedisUnavailable, redis.ResponseError) as error:
        logger.debug("counts were not kept: %s", error)


def _read(text: bytes, digest: str) -> Counts | None:
    """Counts as they were before JSON, which knows no decimals, numbers as keys, or tuples.

    None for other counts that have this place, for what is no counts, and for those of a release that counted
    something else.
    """
    try:
        told = json.loads(text)
        if told.pop(DIGEST) != digest:
            return None
        for name in ("price_low", "price_high"):
            told[name] = None if told[name] is None else Decimal(told[name])
        told["stars"] = {int(stars): number for stars, number in told["stars"].items()}
        told["brands"] = {key: (slug, name) for key, (slug, name) in told["brands"].items()}
        return Counts(**told) if told.keys() == FIELDS else None
    except (ValueError, TypeError, KeyError, AttributeError, InvalidOperation) as error:
        logger.debug("kept counts cannot be read: %s", error)
        return None


def _changes() -> tuple[Any, ...]:
    """Grows with every change. Rows are only added and summed up, so equal numbers mean the same set of changes."""
    with shop_connection().cursor() as cursor:
        cursor.execute("SELECT sum(changes), max(changed_at) FROM listing_changes")
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def _place(state: tuple[Any, ...], scope: Scope, filters: Filters) -> Place:
    branch = sorted(map(str, scope.branch)) if scope.branch is not None else None
    chosen = (
        filters.brands,
        sorted(map(str, filters.categories)),
        filters.tags,
        sorted(filters.specifications.items()),
        sorted(filters.options.items()),
        (filters.price_from, filters.price_to, filters.rating, filters.available, filters.sale, filters.new),
    )
    told = repr((state, branch, scope.brand, scope.found, chosen))
    digest = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
    kind = "narrowed" if filters else "whole"
    return Place(digest, fenced_key(f"counts:{kind}:{int(digest[:8], 16) % PLACES}", "", 1))
