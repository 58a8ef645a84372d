"""Rows of goods in a form: a SKU and how many pieces, as many rows as somebody needs, without any script."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models.functions import Upper
from django.http import QueryDict

from tenant_shop.carts.lines import MAX_LINES, MAX_QUANTITY
from tenant_shop.catalog.variants import ProductVariant

ROWS, MORE = 5, 5


@dataclass(frozen=True, slots=True)
class Row:
    """What somebody typed into a row, the name of the goods once they are known, and what is wrong with it."""

    number: int
    sku: str
    pieces: str
    name: str = ""
    error: str = ""


class GoodsRows:
    """`goods` are the pieces by variant, `errors` sentences by row; both after `read`."""

    def __init__(self, data: QueryDict | None, prefix: str = "goods") -> None:
        self.prefix = prefix
        self.count = ROWS
        self.typed: list[tuple[str, str]] = []
        self.goods: dict[UUID, int] = {}
        self.errors: dict[int, str] = {}
        self._names: dict[int, str] = {}
        if data is not None:
            self.count = min(max(_number(data.get(f"{prefix}-rows", ""), ROWS), 1), MAX_LINES)
            if data.get("do") == "more":
                self.count = min(self.count + MORE, MAX_LINES)
            self.typed = [
                (data.get(f"{prefix}-sku-{row}", "").strip(), data.get(f"{prefix}-pieces-{row}", "").strip())
                for row in range(self.count)
            ]

    @cached_property
    def variants(self) -> dict[str, ProductVariant]:
        """The variants that were typed, by SKU in capitals. One statement."""
        typed = {sku.upper() for sku, _ in self.typed if sku}
        found = ProductVariant.objects.select_related("product").alias(spelled=Upper("sku"))
        return {variant.sku.upper(): variant for variant in found.filter(spelled__in=typed)} if typed else {}

    def read(self) -> None:
        """Find out what the rows mean."""
        for row, (sku, pieces) in enumerate(self.typed):
            if not sku:
                if pieces:
                    self.errors[row] = "Which goods? Write their SKU."
                continue
            variant = self.variants.get(sku.upper())
            wanted = _number(pieces or "1", 0)
            if variant is None:
                self.errors[row] = f"No goods have the SKU {sku}."
            elif not 0 < wanted <= MAX_QUANTITY:
                self.errors[row] = f"Write a number from 1 to {MAX_QUANTITY}."
            else:
                self.goods[variant.pk] = self.goods.get(variant.pk, 0) + wanted
            if variant is not None:
                self._names[row] = " · ".join(part for part in (variant.product.name, variant.label) if part)

    @property
    def shown(self) -> list[Row]:
        typed = [*self.typed, *[("", "")] * (self.count - len(self.typed))]
        return [
            Row(row, sku, pieces, self._names.get(row, ""), self.errors.get(row, ""))
            for row, (sku, pieces) in enumerate(typed)
        ]


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else otherwise
