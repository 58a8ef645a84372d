"""Counts that are kept until one of the counted facts changes.

They are kept in Redis under the number of changes that the counting transaction saw (`listing_changes`): after any
change that a facet could show, every reader asks for another number. Without Redis they are counted each time.
"""

import hashlib
from dataclasses import asdict
from typing import Any

from django.core.cache import cache

from platform_core.tenancy.connections import shop_connection
from tenant_shop.catalog.listing.conditions import new_since
from tenant_shop.catalog.listing.counts import Counts, count_all
from tenant_shop.catalog.listing.filters import NO_FILTERS, Filters, Scope

# Seconds: combinations that nobody asks for again make room.
KEEP = 3600


def counts_of(scope: Scope, filters: Filters) -> tuple[Counts, Counts]:
    """The counts of the whole scope, and under the filters. Two statements, one when they are known already.

    The number of changes is read before anything is counted. What changes in between is counted under the older number,
    which nobody asks for again.
    """
    state = (_changes(), new_since())
    asked = {"scope": NO_FILTERS, "filtered": filters} if filters else {"scope": NO_FILTERS}
    keys = {name: _key(state, scope, wanted) for name, wanted in asked.items()}
    kept = cache.get_many(list(keys.values()))
    found = {name: Counts(**kept[key]) for name, key in keys.items() if key in kept}
    missing = {name: wanted for name, wanted in asked.items() if name not in found}
    if missing:
        counted = count_all(scope, missing)
        cache.set_many({keys[name]: asdict(counts) for name, counts in counted.items()}, KEEP)
        found |= counted
    return found["scope"], found.get("filtered", found["scope"])


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
    return f"facets:{hashlib.sha256(told.encode()).hexdigest()}"
