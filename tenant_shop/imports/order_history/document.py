"""The rows of an order history, gathered into orders and cancellations: those together that bear one number."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from tenant_shop.imports.drafts import Outcome, RowDraft, Verdict
from tenant_shop.imports.errors import RowRejected
from tenant_shop.imports.header import Header
from tenant_shop.imports.order_history.columns import Column
from tenant_shop.imports.order_history.line import Line, is_cancellation, number_of, read_line
from tenant_shop.imports.records import Record

MOST_ROWS = 10_000
# Rows that may stand between two of one document.
REACH = 5_000
# The whole part of `numeric(15,3)`.
GREATEST_TOTAL = Decimal(10) ** 12
# What carriers and programs call postage: it is an order's delivery, not one of its goods.
CARRIAGE = frozenset({"POST", "POSTAGE", "DOT", "C2", "SHIPPING", "DELIVERY", "CARRIAGE"})
CORRECTION = "it corrects the stock: no price, and nobody who bought it"


@dataclass(slots=True)
class Document:
    """An order or a cancellation as the file has it. `lines` are what was sold or taken back, `corrections` rows of no
    sale among them; `faults` are rows with a reason each, for one of which the whole document is rejected.
    """

    number: str
    rows: list[RowDraft] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    corrections: list[Line] = field(default_factory=list)
    faults: list[tuple[RowDraft, str]] = field(default_factory=list)

    @property
    def is_cancellation(self) -> bool:
        return is_cancellation(self.number)

    @property
    def goods(self) -> list[Line]:
        """The lines that are not carriage; of a cancellation all of them."""
        return self.lines if self.is_cancellation else [line for line in self.lines if line.code not in CARRIAGE]

    @property
    def subtotal(self) -> Decimal:
        return sum((line.total for line in self.goods), Decimal(0))

    @property
    def carriage(self) -> Decimal:
        return self.total - self.subtotal

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines), Decimal(0))

    @property
    def at(self) -> datetime:
        """When its first row was written: some programs note each row's own minute."""
        return min(line.at for line in self.lines)

    @property
    def fingerprint(self) -> dict[str, object]:
        """What is remembered of it, so that the same document is known again."""
        return {"rows": len(self.lines), "total": str(self.total)}

    def is_as(self, before: Mapping[str, object]) -> bool:
        """Whether it is the document that `before` was kept of."""
        return all(before.get(key) == value for key, value in self.fingerprint.items())

    def refuse(self, reason: str) -> list[Verdict]:
        """Every row rejected for `reason`."""
        return [Verdict(row, self.number, Outcome.REJECTED, reason) for row in self.rows]

    def verdicts(self, outcome: Outcome, reason: str = "") -> list[Verdict]:
        """`outcome` for the lines; rows of no sale are skipped whatever becomes of them."""
        return [
            *(Verdict(line.row, self.number, outcome, reason) for line in self.lines),
            *(Verdict(line.row, self.number, Outcome.SKIPPED, CORRECTION) for line in self.corrections),
        ]

    def rejected(self) -> list[Verdict]:
        """Why it cannot be imported, row by row; empty when it can. An order is imported whole or not at all."""
        if self.faults:
            reasons = {id(row): reason for row, reason in self.faults}
            first = self.faults[0][0].line
            other = f"another row of {self.number} was rejected (line {first})"
            return [Verdict(row, self.number, Outcome.REJECTED, reasons.get(id(row), other)) for row in self.rows]
        people = {(line.customer, line.email.lower()) for line in self.lines}
        if len(people) > 1:
            return self.refuse(f"the rows of {self.number} name different customers")
        if self.lines and self.total >= GREATEST_TOTAL:
            return self.refuse(f"{self.number} costs too much")
        return []


def gather(
    records: Iterator[Record], header: Header[Column], *, zone: ZoneInfo, latest: datetime
) -> Iterator[Document | Verdict]:
    """Documents in about the file's order, and between them verdicts on rows of none: unreadable ones and blank ones.

    Rows of one document may have others between them, at most `REACH`: exports by date mix what was written in one
    minute. An unreadable row between two rows of one document is taken for one of its own: without it the sum would be
    wrong. Memory: the documents of `REACH` rows.
    """
    waiting: OrderedDict[str, tuple[Document, int]] = OrderedDict()  # with the count of rows at the last of its own
    above: str | None = None
    unread: list[tuple[RowDraft, str]] = []
    for count, record in enumerate(records):
        while waiting and count - next(iter(waiting.values()))[1] > REACH:
            yield waiting.popitem(last=False)[1][0]
        row = RowDraft(record.line, record.cells)
        if record.fault is None and not any(cell.strip() for cell in record.cells):
            yield Verdict(row, "", Outcome.SKIPPED, "it is blank")
            continue
        try:
            if record.fault is not None:
                raise RowRejected(record.fault)
            values = header.row(record.cells)
            number = number_of(values)
        except RowRejected as error:
            unread.append((row, str(error)))
            continue
        document = waiting[number][0] if number in waiting else Document(number)
        waiting[number] = (document, count)
        waiting.move_to_end(number)
        if above == number:
            document.faults += unread
            document.rows += [broken for broken, _ in unread]
        else:
            yield from _alone(unread)
        above, unread = number, []
        _add(document, row, values, zone, latest)
    for document, _ in waiting.values():
        yield document
    yield from _alone(unread)


def _alone(unread: list[tuple[RowDraft, str]]) -> Iterator[Verdict]:
    for row, reason in unread:
        yield Verdict(row, "", Outcome.REJECTED, reason)


def _add(document: Document, row: RowDraft, values: dict[Column, str], zone: ZoneInfo, latest: datetime) -> None:
    document.rows.append(row)
    try:
        if len(document.rows) > MOST_ROWS:
            raise RowRejected(f"an order may have at most {MOST_ROWS:,} rows")
        line = read_line(row, document.number, values, zone=zone, latest=latest)
    except RowRejected as error:
        document.faults.append((row, str(error)))
        return
    (document.corrections if line.is_correction else document.lines).append(line)
