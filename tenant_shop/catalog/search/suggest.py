"""What to offer while a shopper types."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from unicodedata import combining, normalize
from uuid import UUID

from platform_core.tenancy.connections import shop_connection
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.search.find import search, tidy_query
from tenant_shop.catalog.search.popular import popular_searches
from tenant_shop.catalog.shelves import Shelf, Shelves
from tenant_shop.catalog.summary import ProductSummary, summarise, with_summary_facts

SHORTEST = 2
PRODUCTS, OTHERS = 5, 3

# A brand is offered by the beginning of one of its words, when there is something of it to see.
BRANDS = """
SELECT name, slug FROM brands
WHERE is_active AND ' ' || search_fold(name) LIKE '%% ' || search_fold(%s) || '%%' AND search_fold(%s) <> ''
  AND EXISTS (
    SELECT FROM products
    WHERE brand_id = brands.id AND status = 'active' AND visibility IN ('visible', 'catalog_only')
  )
ORDER BY name LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class BrandName:
    """A brand that can be gone to."""

    name: str
    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """`count` is how many products a search would find; `did_you_mean` is set when they are another spelling's."""

    products: list[ProductSummary]
    count: int
    categories: list[Shelf]
    brands: list[BrandName]
    searches: list[str]
    did_you_mean: str | None


def suggest(text: str, *, shelves: Shelves, now: datetime) -> Suggestions | None:
    """Products, categories, brands and searches for the beginning of a search; None for less than two letters.

    At most four statements.
    """
    text = tidy_query(text)
    if len(text) < SHORTEST:
        return None
    matches = search(text)
    begun = popular_searches(OTHERS + 1, now=now, beginning=text)
    return Suggestions(
        products=_products(matches.ids[:PRODUCTS]),
        count=len(matches.ids),
        categories=[shelf for shelf in shelves.all if _has_word(shelf.name, text)][:OTHERS],
        brands=_brands(text),
        searches=[other for other in begun if other != text.lower()][:OTHERS],
        did_you_mean=None if matches.is_exact else matches.did_you_mean,
    )


def _products(ids: Sequence[UUID]) -> list[ProductSummary]:
    if not ids:
        return []
    found = {product.id: product for product in summarise(with_summary_facts(Product.objects.filter(pk__in=ids)))}
    return [found[product_id] for product_id in ids if product_id in found]


def _brands(text: str) -> list[BrandName]:
    with shop_connection().cursor() as cursor:
        cursor.execute(BRANDS, [text, text, OTHERS])
        return [BrandName(name, slug) for name, slug in cursor.fetchall()]


def _has_word(name: str, beginning: str) -> bool:
    """Whether a word of `name` begins so, accents or not."""
    return f" {_plain(beginning)}" in f" {_plain(name)}"


def _plain(text: str) -> str:
    letters = (letter for letter in normalize("NFKD", text.casefold()) if not combining(letter))
    return " ".join("".join(letters).split())
