"""The rows of a Shopify file, gathered into products: rows that stand together and name one handle are one product."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tenant_shop.imports.drafts import Outcome, RowDraft, Verdict
from tenant_shop.imports.errors import RowRejected
from tenant_shop.imports.header import Header
from tenant_shop.imports.identifiers import slug_of
from tenant_shop.imports.records import Record
from tenant_shop.imports.shopify_columns import Column, Row

# Shopify allows 2,048 variants and 250 pictures a product.
MOST_ROWS = 2_500


@dataclass(slots=True)
class RowGroup:
    """The rows of one product; `values` has the known columns of each row in `rows`."""

    slug: str
    handle: str
    rows: list[RowDraft] = field(default_factory=list)
    values: list[Row] = field(default_factory=list)


def gather(records: Iterator[Record], header: Header[Column]) -> Iterator[RowGroup | Verdict]:
    """Products in the file's order, and between them verdicts on rows of no product: unreadable ones and blank ones.

    A row without a handle belongs to the product above it, unless it has a title: then the title makes the handle, as
    in Shopify. An unreadable row does not part the rows around it.
    """
    group: RowGroup | None = None
    for record in records:
        row = RowDraft(record.line, record.cells)
        if record.fault is None and not any(cell.strip() for cell in record.cells):
            yield Verdict(row, "", Outcome.SKIPPED)
            continue
        try:
            if record.fault is not None:
                raise RowRejected(record.fault)
            values = header.row(record.cells)
            handle = values[Column.HANDLE] or values[Column.TITLE] or (group.handle if group else "")
            if not handle:
                raise RowRejected("it has neither a handle nor a title, and there is no product above it")
        except RowRejected as error:
            yield Verdict(row, "", Outcome.REJECTED, str(error))
            continue
        slug = slug_of(handle)
        if group is not None and slug != group.slug:
            yield group
            group = None
        group = group or RowGroup(slug, handle)
        if len(group.rows) >= MOST_ROWS:
            yield Verdict(row, handle, Outcome.REJECTED, f"a product may have at most {MOST_ROWS:,} rows")
            continue
        group.rows.append(row)
        group.values.append(values)
    if group is not None:
        yield group
