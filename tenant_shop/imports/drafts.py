"""What a file wants the shop to have, before the shop is asked.

Field dictionaries hold model fields by name. A field that is absent was not in the file and stays as it is in the shop;
a field that is None or empty was in the file, empty, and is emptied.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple


class Outcome(StrEnum):
    """What became of a row; every row that is read has exactly one."""

    IMPORTED = "imported"
    UPDATED = "updated"
    SKIPPED = "skipped"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class ImageDraft:
    """A picture by its address. `position` is None where the file does not say, `alt_text` where it has no column."""

    url: str
    alt_text: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """One thing to sell. `option_names` is None when the file leaves them to be taken from the shop.

    `price` is in the shop's currency; `quantity` is None when the file does not say how many there are. `is_tracked`
    and `may_backorder` are None when the file has no such column.
    """

    option_names: tuple[str, ...] | None
    option_values: tuple[str, ...]
    sku: str | None
    price: Decimal
    quantity: int | None
    fields: dict[str, Any]
    image_url: str | None = None
    is_tracked: bool | None = None
    may_backorder: bool | None = None


@dataclass(slots=True)
class RowDraft:
    """One row: where it was, what it held, and what it wants, or the fault for which it is rejected."""

    line: int
    cells: Sequence[str]
    variant: VariantDraft | None = None
    image: ImageDraft | None = None
    fault: str | None = None


@dataclass(slots=True)
class ProductDraft:
    """The rows of one product, as they stand together in the file; at least one.

    `fields` describes the product, from its first row; None when that row has no title and only adds to a product.
    `brand` and `category` are names, None when the file has no such column.
    """

    slug: str
    handle: str
    rows: list[RowDraft]
    fields: dict[str, Any] | None = None
    brand: str | None = None
    category: str | None = None

    def reject_dependents(self) -> None:
        """Without its first row a product is unknown: the rows that lean on it are rejected with it."""
        first, *others = self.rows
        for row in others:
            row.fault = row.fault or dependent_fault(self, first)


def dependent_fault(draft: ProductDraft, first: RowDraft) -> str:
    return f"the first row of {draft.handle} (line {first.line}) was rejected"


class Verdict(NamedTuple):
    """What became of one row, and why when it was rejected."""

    row: RowDraft
    handle: str
    outcome: Outcome
    reason: str = ""
