"""The columns of Shopify's product CSV, by all the names they have had.

Source: Shopify's product CSV reference and its sample files, before and after the columns were renamed ("Handle" became
"URL handle"). Columns that are not listed (taxes, markets, advertising, metafields) are read over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tenant_shop.imports.errors import MissingColumns, RepeatedColumn, RowRejected, UnreadableFile


class Column(StrEnum):
    """What a column means; the value is its name for people."""

    HANDLE = "Handle"
    TITLE = "Title"
    BODY = "Body (HTML)"
    VENDOR = "Vendor"
    PRODUCT_CATEGORY = "Product Category"
    TYPE = "Type"
    TAGS = "Tags"
    PUBLISHED = "Published"
    STATUS = "Status"
    OPTION1_NAME = "Option1 Name"
    OPTION1_VALUE = "Option1 Value"
    OPTION2_NAME = "Option2 Name"
    OPTION2_VALUE = "Option2 Value"
    OPTION3_NAME = "Option3 Name"
    OPTION3_VALUE = "Option3 Value"
    SKU = "Variant SKU"
    GRAMS = "Variant Grams"
    TRACKER = "Variant Inventory Tracker"
    QUANTITY = "Variant Inventory Qty"
    POLICY = "Variant Inventory Policy"
    PRICE = "Variant Price"
    COMPARE_AT_PRICE = "Variant Compare At Price"
    COST = "Cost per item"
    BARCODE = "Variant Barcode"
    IMAGE = "Image Src"
    IMAGE_POSITION = "Image Position"
    IMAGE_ALT = "Image Alt Text"
    VARIANT_IMAGE = "Variant Image"
    SEO_TITLE = "SEO Title"
    SEO_DESCRIPTION = "SEO Description"


OTHER_NAMES = {
    Column.HANDLE: ("URL handle",),
    Column.BODY: ("Body HTML", "Description"),
    Column.PRODUCT_CATEGORY: ("Standardized Product Type", "Standard Product Type"),
    Column.TYPE: ("Product Type", "Custom Product Type"),
    Column.PUBLISHED: ("Published on online store",),
    Column.SKU: ("SKU",),
    Column.GRAMS: ("Weight value (grams)",),
    Column.TRACKER: ("Inventory tracker",),
    Column.QUANTITY: ("Inventory quantity", "Variant Inventory Quantity"),
    Column.POLICY: ("Continue selling when out of stock",),
    Column.PRICE: ("Price",),
    Column.COMPARE_AT_PRICE: ("Compare-at price", "Compare At Price"),
    Column.BARCODE: ("Barcode",),
    Column.IMAGE: ("Product image URL",),
    Column.VARIANT_IMAGE: ("Variant image URL",),
}
OPTIONS = (
    (Column.OPTION1_NAME, Column.OPTION1_VALUE),
    (Column.OPTION2_NAME, Column.OPTION2_VALUE),
    (Column.OPTION3_NAME, Column.OPTION3_VALUE),
)
REQUIRED = (Column.HANDLE, Column.TITLE, Column.PRICE)
DELIMITERS = (",", ";", "\t")

Row = dict[Column, str]


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


MEANINGS = {_plain(name): column for column in Column for name in (column.value, *OTHER_NAMES.get(column, ()))}


@dataclass(frozen=True, slots=True)
class Header:
    """The header of one file: its cells, and where each known column stands."""

    cells: tuple[str, ...]
    places: dict[Column, int]

    def row(self, cells: Sequence[str]) -> Row:
        """The known columns of a row, stripped. A column that the file lacks is absent from the result.

        Errors: RowRejected for a row that is too short for its known columns, or has text beyond the header's last one.
        """
        if any(cell.strip() for cell in cells[len(self.cells) :]):
            raise RowRejected(f"it has {len(cells)} cells, the header has {len(self.cells)}")
        if len(cells) <= max(self.places.values()):
            raise RowRejected(f"it has only {len(cells)} of the header's {len(self.cells)} cells")
        return {column: cells[place].strip() for column, place in self.places.items()}


def known_columns(cells: Sequence[str]) -> int:
    """How many cells of a supposed header name a known column: tells the right delimiter from a wrong one."""
    return sum(_plain(cell) in MEANINGS for cell in cells)


def read_header(name: str, cells: Sequence[str]) -> Header:
    """The header of the file called `name`.

    Errors: MissingColumns, RepeatedColumn; UnreadableFile when it holds NUL characters.
    """
    if any("\0" in cell for cell in cells):
        raise UnreadableFile(name, "has NUL characters in its header; is it a CSV file?")
    places: dict[Column, int] = {}
    for place, column in _meanings(cells):
        if column in places:
            raise RepeatedColumn(name, cells[places[column]].strip(), cells[place].strip())
        places[column] = place
    missing = [column.value for column in REQUIRED if column not in places]
    if missing:
        found = [cell.strip()[:40] for cell in cells if cell.strip()]
        raise MissingColumns(name, missing, [*found[:8], "…"] if len(found) > 8 else found)
    return Header(tuple(cells), places)


def _meanings(cells: Sequence[str]) -> Iterator[tuple[int, Column]]:
    for place, cell in enumerate(cells):
        column = MEANINGS.get(_plain(cell))
        if column is not None:
            yield place, column
