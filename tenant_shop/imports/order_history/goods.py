"""The products that an order history names."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.imports.identifiers import LONGEST_SLUG, slug_of
from tenant_shop.imports.order_history.line import Line

# What has no digit in its code (M, BANK CHARGES) is a charge and no article.
CHARGE = "charge"


class Article(NamedTuple):
    """What a line refers to. The variant is unknown where the file names a product that comes in several."""

    product_id: UUID
    variant_id: UUID | None
    name: str


@dataclass(slots=True)
class Goods:
    """The articles of one import by their codes, read and made as they come up; a code means the same in any case."""

    known: dict[str, Article] = field(default_factory=dict)
    made: int = 0

    def find(self, lines: Iterable[Line]) -> dict[str, Article]:
        """The articles of `lines`, those that the shop has not made now: archived, so that no shopper meets them.

        Runs in the caller's transaction; `remember` what it says once that is committed.
        """
        wanted: dict[str, Line] = {}
        for line in lines:
            if line.code not in self.known and (line.code not in wanted or not wanted[line.code].name):
                wanted[line.code] = line
        if not wanted:
            return {}
        found = _in_shop(wanted)
        return found | _make([line for code, line in wanted.items() if code not in found])

    def remember(self, found: dict[str, Article]) -> None:
        self.known |= found


def _in_shop(wanted: dict[str, Line]) -> dict[str, Article]:
    spellings = {spelling for line in wanted.values() for spelling in (line.code, line.code.lower(), line.written)}
    products = Product.objects.filter(sku__in=spellings).values_list("sku", "pk", "name")
    found = {sku.upper(): Article(pk, None, name) for sku, pk, name in products}
    variants = ProductVariant.objects.filter(sku__in=spellings).values_list("sku", "product_id", "pk", "product__name")
    return found | {sku.upper(): Article(product, pk, name) for sku, product, pk, name in variants}


def _make(lines: list[Line]) -> dict[str, Article]:
    products = [
        Product(
            name=line.name or line.code,
            slug=_slug(line),
            sku=line.code,
            price=line.price,
            status=Product.Status.ARCHIVED,
            track_inventory=False,
            tags=[] if any(character.isdigit() for character in line.code) else [CHARGE],
        )
        for line in lines
    ]
    Product.objects.bulk_create(products)
    variants = ProductVariant.objects.bulk_create(ProductVariant(product=made, sku=made.sku) for made in products)
    return {made.sku: Article(made.product_id, made.pk, made.product.name) for made in variants}


def _slug(line: Line) -> str:
    """Made of name and code: names repeat, and a code alone says nothing to a reader."""
    code = slug_of(line.code)
    return f"{slug_of(line.name or line.code)[: LONGEST_SLUG - len(code) - 1]}-{code}"
