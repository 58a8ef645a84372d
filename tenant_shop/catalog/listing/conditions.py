"""Scopes and filters as conditions on `product_listing`, in SQL.

By hand: the same conditions select rows, count facets and say which of them a product misses.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from tenant_shop.catalog.listing.filters import Filters, Scope

# How long a product counts as new after it was published.
NEW_FOR = timedelta(days=21)
SEPARATOR = "\x1f"
BRAND, CATEGORY, TAG, SPECIFICATION, OPTION = "b", "c", "t", "s", "o"


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL and its parameters. `facet` is how entries of the facet begin that the condition is about, or its name."""

    sql: str
    params: tuple[Any, ...] = ()
    facet: str = ""


def new_between() -> tuple[datetime, datetime]:
    """When a product was published that counts as new; both ends move by the hour, so that lists and counts agree."""
    until = next_hour(timezone.now())
    return until - timedelta(hours=1) - NEW_FOR, until


def next_hour(now: datetime) -> datetime:
    """When other products count as new than at `now`."""
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def in_scope(scope: Scope) -> list[Condition]:
    found = [Condition("product_listing.is_listed")]
    if scope.branch is not None:
        found.append(Condition("product_listing.category_id = ANY (%s)", (sorted(scope.branch),)))
    if scope.brand is not None:
        found.append(Condition("product_listing.brand_id = %s", (scope.brand,)))
    if scope.found is not None:
        found.append(Condition("product_listing.product_id = ANY (%s)", (list(scope.found),)))
    return found


def by_words(filters: Filters) -> list[Condition]:
    """Conditions on what is counted value by value; those on options are left out."""
    found = []
    if filters.brands:
        sql = "product_listing.brand_id = ANY (ARRAY (SELECT id FROM brands WHERE is_active AND slug = ANY (%s)))"
        found.append(Condition(sql, (list(filters.brands),), entry(BRAND)))
    if filters.categories:
        sql = "product_listing.category_id = ANY (%s)"
        found.append(Condition(sql, (list(filters.categories),), entry(CATEGORY)))
    if filters.tags:
        found.append(_overlap([entry(TAG, tag) for tag in filters.tags], entry(TAG)))
    for name, values in filters.specifications.items():
        wanted = [entry(SPECIFICATION, name, value) for value in values]
        found.append(_overlap(wanted, entry(SPECIFICATION, name) + SEPARATOR))
    return found


def by_options(filters: Filters) -> list[Condition]:
    """One variant that is in stock must have them all."""
    found = [
        _overlap([entry(OPTION, name, value) for value in values], entry(OPTION, name))
        for name, values in filters.options.items()
    ]
    if len(found) > 1:
        found.append(_some_variant(of_one_variant(filters)))
    return found


def of_one_variant(filters: Filters) -> list[Condition]:
    """Conditions on `variant`, such as {"price": 20, "options": ["Colour␟Red", "Size␟M"]}."""
    return [
        Condition("variant -> 'options' ?| %s", ([name + SEPARATOR + value for value in values],), name + SEPARATOR)
        for name, values in filters.options.items()
    ]


def price_of_one_variant(filters: Filters) -> list[Condition]:
    """Conditions on the price of `variant`."""
    return _between("(variant ->> 'price')::NUMERIC", "(variant ->> 'price')::NUMERIC", filters)


def by_amounts(filters: Filters) -> list[Condition]:
    """Conditions on what is counted as a whole: price, rating, and the three flags."""
    found = []
    if filters.has_price:
        found.append(_by_price(filters))
    if filters.rating is not None:
        found.append(Condition("COALESCE(product_listing.rating_average >= %s, FALSE)", (filters.rating,), "rating"))
    if filters.available:
        found.append(Condition("product_listing.is_in_stock", facet="available"))
    if filters.sale:
        found.append(Condition("product_listing.compare_at_price IS NOT NULL", facet="sale"))
    if filters.new:
        found.append(Condition(IS_NEW, new_between(), "new"))
    return found


IS_NEW = "COALESCE(product_listing.published_at > %s AND product_listing.published_at < %s, FALSE)"


def _by_price(filters: Filters) -> Condition:
    """A variant that is in stock has the price, and the options that are asked for.

    Where none is in stock the prices that the product shows reach into the range. Most products are decided by their
    lowest and highest price.
    """
    around = all_of(_between("product_listing.price_high", "product_listing.price_low", filters))
    if filters.options:
        listed = _some_variant([*of_one_variant(filters), *price_of_one_variant(filters)])
        return Condition(f"({around.sql} AND {listed.sql})", (*around.params, *listed.params), "price")
    within = all_of(_between("product_listing.price_low", "product_listing.price_high", filters))
    listed = _some_variant(price_of_one_variant(filters))
    sql = f"({around.sql} AND (product_listing.variants_in_stock = '[]' OR ({within.sql}) OR {listed.sql}))"
    return Condition(sql, (*around.params, *within.params, *listed.params), "price")


def _between(at_least: str, at_most: str, filters: Filters) -> list[Condition]:
    bounds = ((f"{at_least} >= %s", filters.price_from), (f"{at_most} <= %s", filters.price_to))
    return [Condition(sql, (bound,)) for sql, bound in bounds if bound is not None]


def _some_variant(conditions: Iterable[Condition]) -> Condition:
    of_variant = all_of(conditions)
    variants = "jsonb_array_elements(product_listing.variants_in_stock) AS variant"
    return Condition(f"EXISTS (SELECT FROM {variants} WHERE {of_variant.sql})", of_variant.params)


def all_of(conditions: Iterable[Condition]) -> Condition:
    listed = list(conditions)
    sql = " AND ".join(condition.sql for condition in listed) or "TRUE"
    return Condition(sql, tuple(param for condition in listed for param in condition.params))


def none_but_one_missed(conditions: list[Condition]) -> Condition:
    """An expression: '' where every condition holds, the facet of the only one that does not, else NULL."""
    if not conditions:
        return Condition("''")
    everything = all_of(conditions)
    sql, params = f"CASE WHEN {everything.sql} THEN ''", [*everything.params]
    for missed in conditions:
        others = all_of(condition for condition in conditions if condition is not missed)
        sql += f" WHEN {others.sql} THEN %s"
        params += [*others.params, missed.facet]
    return Condition(f"{sql} END", tuple(params))


def entry(kind: str, *words: str) -> str:
    """An entry of `facets`, or how those of a facet begin."""
    return SEPARATOR.join((kind, *words)) if words else kind + SEPARATOR


def _overlap(entries: list[str], facet: str) -> Condition:
    return Condition("product_listing.facets && %s", (entries,), facet)
