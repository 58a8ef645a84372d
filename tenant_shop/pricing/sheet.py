"""A price list as a spreadsheet: written out, and read in again row by row."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from smartseller.money import quantize
from tenant_shop.catalog.models import Category, Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.imports.cells import amount, quantity
from tenant_shop.imports.errors import RowRejected
from tenant_shop.imports.rejects import neutralised
from tenant_shop.pricing.errors import UnreadableSheet
from tenant_shop.pricing.models import MOST_PIECES, PriceList, PriceListEntry

COLUMNS = ("sku", "product", "category", "min_quantity", "unit_price", "percent_off")
# Stands where an SKU would: the row is about everything.
EVERYTHING = "*"
MOST_ROWS = 20_000
LONGEST_SHEET = 4_000_000
DELIMITERS = ",;\t"

# A price's goods: the ids of a variant, a product and a category, of which two at least are None.
Goods = tuple[UUID | None, UUID | None, UUID | None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a row, which stands in `line` of the sheet: saved, or left out because of `problem`.

    Of a saved one `before` and `after` are the price in words, "8.00" or "10 %" off; `before` is "" for a new one.
    """

    line: int
    name: str
    problem: str = ""
    least: int = 1
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: Mapping[str, str]

    @property
    def name(self) -> str:
        return self.cells["sku"] or self.cells["product"] or self.cells["category"]


def write_sheet(prices: PriceList) -> str:
    """The list's entries as CSV, with the header that `read_sheet` understands. One statement."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    entries = prices.entries.select_related("variant", "product", "category").defer("product__variants")
    for entry in entries.order_by("variant__sku", "product__slug", "category__slug", "min_quantity"):
        product = entry.product.slug if entry.product else ""
        category = entry.category.slug if entry.category else ""
        writer.writerow(
            [
                neutralised(entry.variant.sku if entry.variant else "" if product or category else EVERYTHING),
                product,
                category,
                entry.min_quantity,
                "" if entry.unit_price is None else quantize(entry.unit_price, prices.currency),
                "" if entry.percent_off is None else f"{entry.percent_off.normalize():f}",
            ]
        )
    return text.getvalue()


def read_sheet(prices: PriceList, text: str) -> list[Answer]:
    """Put the rows of a sheet into the list; an entry for the same goods and quantity is replaced, others stay.

    A row that is wrong is left out and says why; the others are saved, all of them in one transaction. The SKU is a
    variant's or, where no variant has it, that of a product for all its variants; products and categories are also
    named by their addresses; `*` is everything. A constant number of statements for two thousand rows.
    Errors: UnreadableSheet; nothing is saved then.
    """
    rows = _rows(text)
    goods = _known_goods(rows)
    answers: list[Answer] = []
    entries: dict[tuple[Goods, int], PriceListEntry] = {}
    with shop_transaction():
        PriceList.objects.select_for_update(no_key=True).get(pk=prices.pk)
        there = {_key_of(entry): entry for entry in prices.entries.all()}
        for row in rows:
            try:
                entry = _entry(row, goods, prices)
                key = _key_of(entry)
                if key in entries:
                    raise RowRejected("an earlier row has the same goods and quantity")
                entries[key] = entry
                before = _words(there[key], prices.currency) if key in there else ""
                after = _words(entry, prices.currency)
                answers.append(Answer(row.line, row.name, least=entry.min_quantity, before=before, after=after))
            except RowRejected as refusal:
                answers.append(Answer(row.line, row.name, str(refusal)))
        PriceListEntry.objects.bulk_create(
            entries.values(),
            batch_size=2_000,
            update_conflicts=True,
            unique_fields=["price_list", "variant", "product", "category", "min_quantity"],
            update_fields=["unit_price", "percent_off"],
        )
    return answers


def _rows(text: str) -> list[_Row]:
    if len(text) > LONGEST_SHEET:
        raise UnreadableSheet("The sheet is too long. Send it in parts.")
    text = text.removeprefix("\ufeff").replace("\x00", "")
    first, _, _ = text.lstrip().partition("\n")
    delimiter = max(DELIMITERS, key=first.count)
    try:
        lines = [
            (reader.line_num, [cell.strip() for cell in cells])
            for reader in [csv.reader(io.StringIO(text), delimiter=delimiter)]
            for cells in reader
            if any(cell.strip() for cell in cells)
        ]
    except csv.Error as error:
        raise UnreadableSheet(f"The sheet cannot be read: {error}.") from error
    if not lines:
        raise UnreadableSheet("The sheet is empty.")
    header = [cell.lower() for cell in lines[0][1]]
    if "sku" not in header or not {"unit_price", "percent_off"} & set(header):
        raise UnreadableSheet(f"The first row must name the columns: {', '.join(COLUMNS)}.")
    if len(lines) - 1 > MOST_ROWS:
        raise UnreadableSheet(f"The sheet has more than {MOST_ROWS:,} rows. Send it in parts.")
    return [
        _Row(number, {**dict.fromkeys(COLUMNS, ""), **dict(zip(header, cells, strict=False))})
        for number, cells in lines[1:]
    ]


@dataclass(frozen=True, slots=True)
class _Known:
    variants: Mapping[str, UUID]
    product_skus: Mapping[str, UUID]
    products: Mapping[str, UUID]
    categories: Mapping[str, UUID]


def _known_goods(rows: Iterable[_Row]) -> _Known:
    skus = {_sku(row) for row in rows if row.cells["sku"]}
    slugs = {name: {row.cells[name] for row in rows if row.cells[name]} for name in ("product", "category")}
    return _Known(
        dict(ProductVariant.objects.filter(sku__in=skus).values_list("sku", "pk")),
        dict(Product.objects.filter(sku__in=skus).values_list("sku", "pk")),
        dict(Product.objects.filter(slug__in=slugs["product"]).values_list("slug", "pk")),
        dict(Category.objects.filter(slug__in=slugs["category"]).values_list("slug", "pk")),
    )


def _sku(row: _Row) -> str:
    """As it was before a spreadsheet was kept from running it."""
    return row.cells["sku"].removeprefix("'")


def _goods(row: _Row, known: _Known) -> Goods:
    sku, product, category = _sku(row), row.cells["product"], row.cells["category"]
    if sum(map(bool, (sku, product, category))) != 1:
        raise RowRejected("a row names one of an SKU, a product and a category")
    if category:
        if category not in known.categories:
            raise RowRejected(f"there is no category with the address {category}")
        return None, None, known.categories[category]
    if product:
        if product not in known.products:
            raise RowRejected(f"there is no product with the address {product}")
        return None, known.products[product], None
    if sku == EVERYTHING:
        return None, None, None
    if sku in known.variants:
        return known.variants[sku], None, None
    if sku in known.product_skus:
        return None, known.product_skus[sku], None
    raise RowRejected(f"there is no article with the SKU {sku}")


def _entry(row: _Row, known: _Known, prices: PriceList) -> PriceListEntry:
    variant, product, category = _goods(row, known)
    least = quantity(row.cells["min_quantity"], "min_quantity") if row.cells["min_quantity"] else 1
    if not 1 <= least <= MOST_PIECES:
        raise RowRejected(f"min_quantity is from 1 to {MOST_PIECES}")
    price, percent = row.cells["unit_price"], row.cells["percent_off"].removesuffix("%").strip()
    if bool(price) == bool(percent):
        raise RowRejected("a row has either a unit_price or a percent_off")
    off = amount(percent, "percent_off", "EUR") if percent else None  # two decimals, as an amount of euros has
    if off is not None and not Decimal(0) < off <= 100:
        raise RowRejected("percent_off is more than 0 and at most 100")
    return PriceListEntry(
        price_list=prices,
        variant_id=variant,
        product_id=product,
        category_id=category,
        min_quantity=least,
        unit_price=amount(price, "unit_price", prices.currency) if price else None,
        percent_off=off,
    )


def _key_of(entry: PriceListEntry) -> tuple[Goods, int]:
    return (entry.variant_id, entry.product_id, entry.category_id), entry.min_quantity


def _words(entry: PriceListEntry, currency: str) -> str:
    if entry.percent_off is not None:
        return f"{entry.percent_off.normalize():f} %"
    return "" if entry.unit_price is None else str(quantize(entry.unit_price, currency))
