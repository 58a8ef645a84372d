"""Counts that are kept until one of the counted facts changes.

They are kept in Redis under the number of changes that the counting transaction saw (`listing_changes`): after any
change that a facet could show, every reader asks for another number. Without Redis they are counted each time.
"""

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, fields
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

# Seconds: combinations that nobody asks for again make room.
KEEP = 3600
FIELDS = {one.name for one in fields(Counts)}

logger = logging.getLogger(__name__)


def counts_of(scope: Scope, filters: Filters) -> tuple[Counts, Counts]:
    """The counts of the whole scope, and under the filters. Two statements, one when they are known already.

    The number of changes is read before anything is counted. What changes in between is counted under the older number,
    which nobody asks for again.
    """
    state = (_changes(), new_between())
    asked = {"scope": NO_FILTERS, "filtered": filters} if filters else {"scope": NO_FILTERS}
    keys = {name: _key(state, scope, wanted) for name, wanted in asked.items()}
    found = _look(keys)
    missing = {name: wanted for name, wanted in asked.items() if name not in found}
    if missing:
        counted = count_all(scope, missing)
        _keep({keys[name]: counts for name, counts in counted.items()})
        found |= counted
    return found["scope"], found.get("filtered", found["scope"])


def _look(keys: Mapping[str, str]) -> dict[str, Counts]:
    """What is kept, by the names of the keys; nothing while Redis does not answer."""
    try:
        kept = quick_redis.ask("MGET", *keys.values())
    except (RedisUnavailable, redis.ResponseError) as error:
        logger.debug("kept counts are out of reach: %s", error)
        return {}
    read = {name: _read(text) for name, text in zip(keys, kept, strict=True) if text is not None}
    return {name: counts for name, counts in read.items() if counts is not None}


def _keep(counted: Mapping[str, Counts]) -> None:
    try:
        for key, counts in counted.items():
            quick_redis.ask("SET", key, json.dumps(asdict(counts), default=str), "EX", KEEP)
    except (RedisUnavailable, redis.ResponseError) as error:
        logger.debug("counts were not kept: %s", error)


def _read(text: bytes) -> Counts | None:
    """Counts as they were before JSON, which knows no decimals, numbers as keys, or tuples.

    None for what is no counts, or those of a release that counted something else.
    """
    try:
        told = json.loads(text)
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


def _key(state: tuple[Any, ...], scope: Scope, filters: Filters) -> str:
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
    return fenced_key(f"counts:{hashlib.sha256(told.encode()).hexdigest()}", "", 1)
