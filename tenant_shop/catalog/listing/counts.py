"""Counting: how many products a list has, and how many each further choice would leave.

Only our own words are in the SQL, what a shopper asked for is in the parameters.
"""
# ruff: noqa: S608

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from platform_core.tenancy.connections import shop_connection
from tenant_shop.catalog.listing.conditions import (
    IS_NEW,
    OPTION,
    Condition,
    all_of,
    by_amounts,
    by_options,
    by_words,
    entry,
    in_scope,
    new_between,
    none_but_one_missed,
    of_one_variant,
    price_of_one_variant,
)
from tenant_shop.catalog.listing.filters import Filters, Scope
from tenant_shop.catalog.listing.own import OwnListing, before

# The merchant's order of sizes and colours is learned from the newest products of a list.
SAMPLE = 300
STARS = (4, 3, 2, 1)


@dataclass(slots=True)
class Counts:
    """`total` products match. Every other number leaves out the filter of its own facet and keeps the others'.

    `entries` counts entries of `facets`; `flags` available, sale and new; `stars` products by least rating. `ranks` are
    the places of options among the values of their products, `brands` the slug and name of each brand by id: both are
    about the whole scope.
    """

    total: int = 0
    price_low: Decimal | None = None
    price_high: Decimal | None = None
    flags: dict[str, int] = field(default_factory=dict)
    stars: dict[int, int] = field(default_factory=dict)
    entries: dict[str, int] = field(default_factory=dict)
    ranks: dict[str, float] = field(default_factory=dict)
    brands: dict[str, tuple[str, str]] = field(default_factory=dict)


def count_all(scope: Scope, asked: Mapping[str, Filters], own: OwnListing | None = None) -> dict[str, Counts]:
    """The counts of a scope under each of the `asked` filters, by their names. One statement."""
    parts = [part for name, filters in asked.items() for part in _parts(name, scope, filters)]
    found = {name: Counts() for name in asked}
    if not parts:
        return found
    counted = Condition(
        " UNION ALL ".join(part.sql for part in parts), tuple(param for part in parts for param in part.params)
    )
    told = before(own, counted)
    with shop_connection().cursor() as cursor:
        cursor.execute(told.sql, told.params)
        for name, part, word, number, low, high in cursor.fetchall():
            _take(found[name], part, word, number, low, high)
    return found


def _take(counts: Counts, part: str, word: str, number: Any, low: Any, high: Any) -> None:
    match part:
        case "entry":
            counts.entries[word] = int(number)
        case "rank":
            counts.ranks[word] = float(number)
        case "brand":
            counts.brands[word] = (low, high)
        case "stars":
            counts.stars[int(word)] = int(number)
        case "flag":
            counts.flags[word] = int(number)
        case "price":
            counts.price_low, counts.price_high = (Decimal(low), Decimal(high)) if low is not None else (None, None)
        case "total":
            counts.total = int(number)


def _parts(name: str, scope: Scope, filters: Filters) -> list[Condition]:
    """SELECTs of (name, part, word, number, low, high)."""
    listed, words, amounts = in_scope(scope), by_words(filters), by_amounts(filters)
    options = by_options(filters)
    by_variant = bool(options) or filters.has_price
    parts = [
        _count_entries(name, [*listed, *amounts, *options], words, but_options=by_variant),
        _count_amounts(name, [*listed, *words, *options], amounts),
    ]
    if by_variant:
        others = [amount for amount in amounts if amount.facet != "price"]
        parts.append(_count_options(name, [*listed, *others, *words], filters))
    if not filters:
        parts += [_rank_options(name, listed), _name_brands(name, listed)]
    return parts


def _count_entries(name: str, kept: list[Condition], facets: list[Condition], *, but_options: bool) -> Condition:
    """Products that miss one facet only count for that one."""
    where, missed = all_of(kept), none_but_one_missed(facets)
    rules = ["missed IS NOT NULL"]
    if facets:
        rules.append("(missed = '' OR starts_with(word, missed))")
    if but_options:
        rules.append(f"NOT starts_with(word, '{entry(OPTION)}')")
    return Condition(
        f"""
        SELECT %s, 'entry', word, count(*)::NUMERIC, NULL::TEXT, NULL::TEXT
        FROM (
            SELECT missed, unnest(facets) AS word
            FROM (SELECT facets, {missed.sql} AS missed FROM product_listing WHERE {where.sql}) AS listed
        ) AS found
        WHERE {" AND ".join(rules)}
        GROUP BY word
        """,
        (name, *missed.params, *where.params),
    )


def _count_options(name: str, kept: list[Condition], filters: Filters) -> Condition:
    """Options are counted over the variants in stock, at the price; a product counts once for a value."""
    where, missed = all_of([*kept, *price_of_one_variant(filters)]), none_but_one_missed(of_one_variant(filters))
    return Condition(
        f"""
        SELECT %s, 'entry', '{entry(OPTION)}' || word, count(DISTINCT product_id)::NUMERIC, NULL, NULL
        FROM (
            SELECT product_id, missed, jsonb_array_elements_text(variant -> 'options') AS word
            FROM (
                SELECT product_id, variant, {missed.sql} AS missed
                FROM product_listing CROSS JOIN jsonb_array_elements(product_listing.variants_in_stock) AS variant
                WHERE {where.sql}
            ) AS listed
        ) AS found
        WHERE missed = '' OR starts_with(word, missed)
        GROUP BY word
        """,
        (name, *missed.params, *where.params),
    )


def _count_amounts(name: str, kept: list[Condition], amounts: list[Condition]) -> Condition:
    where, missed = all_of(kept), none_but_one_missed(amounts)
    stars = [(f"stars{least}", least) for least in STARS]
    rated = [
        f"count(*) FILTER (WHERE missed IN ('', 'rating') AND rating >= {least}) AS {word}" for word, least in stars
    ]
    told = [f"('stars', '{least}', {word}, NULL, NULL)" for word, least in stars]
    return Condition(
        f"""
        SELECT %s, part, word, number::NUMERIC, low::TEXT, high::TEXT
        FROM (
            SELECT count(*) FILTER (WHERE missed = '') AS total,
                   min(price_low) FILTER (WHERE missed IN ('', 'price')) AS lowest,
                   max(price_high) FILTER (WHERE missed IN ('', 'price')) AS highest,
                   count(*) FILTER (WHERE missed IN ('', 'available') AND is_in_stock) AS available,
                   count(*) FILTER (WHERE missed IN ('', 'sale') AND is_reduced) AS sale,
                   count(*) FILTER (WHERE missed IN ('', 'new') AND is_new) AS new,
                   {", ".join(rated)}
            FROM (
                SELECT price_low, price_high, is_in_stock, rating_average AS rating,
                       compare_at_price IS NOT NULL AS is_reduced,
                       {IS_NEW} AS is_new, {missed.sql} AS missed
                FROM product_listing WHERE {where.sql}
            ) AS listed
        ) AS counted
        CROSS JOIN LATERAL (VALUES
            ('total', '', total, NULL, NULL), ('price', '', 0, lowest, highest),
            ('flag', 'available', available, NULL, NULL), ('flag', 'sale', sale, NULL, NULL),
            ('flag', 'new', new, NULL, NULL), {", ".join(told)}
        ) AS told (part, word, number, low, high)
        """,
        (name, *new_between(), *missed.params, *where.params),
    )


def _rank_options(name: str, listed: list[Condition]) -> Condition:
    where = all_of(listed)
    return Condition(
        f"""
        SELECT %s, 'rank', word, avg(rank), NULL, NULL
        FROM (
            SELECT unnest(facets) AS word, unnest(ranks) AS rank
            FROM (
                SELECT facets, ranks FROM product_listing WHERE {where.sql}
                ORDER BY COALESCE(published_at, created_at) DESC, product_id DESC LIMIT {SAMPLE}
            ) AS newest
        ) AS placed
        WHERE rank IS NOT NULL
        GROUP BY word
        """,
        (name, *where.params),
    )


def _name_brands(name: str, listed: list[Condition]) -> Condition:
    where = all_of(listed)
    return Condition(
        f"""
        SELECT %s, 'brand', id::TEXT, 0, slug, name FROM brands
        WHERE is_active AND id IN (SELECT brand_id FROM product_listing WHERE {where.sql})
        """,
        (name, *where.params),
    )
