"""Import an order history into the active shop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from django.db import DatabaseError
from django.utils import timezone

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hooks import platform_hooks
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.credit_notes.models import CreditNote
from tenant_shop.imports.drafts import Outcome, Verdict
from tenant_shop.imports.errors import UnreadableFile
from tenant_shop.imports.header import find_header
from tenant_shop.imports.order_history.buyers import Buyers
from tenant_shop.imports.order_history.columns import HISTORY
from tenant_shop.imports.order_history.document import Document, gather
from tenant_shop.imports.order_history.goods import Goods
from tenant_shop.imports.order_history.report import HistoryReport
from tenant_shop.imports.order_history.write import Written, write_credit_notes, write_orders
from tenant_shop.imports.outage import is_outage
from tenant_shop.imports.records import read_records
from tenant_shop.imports.rejects import RejectsFile
from tenant_shop.imports.source import detect_encoding, open_text
from tenant_shop.imports.turn import only_import
from tenant_shop.orders.models import Order

# A batch is written in one transaction once it has this many rows.
BATCH_ROWS = 5_000

Progress = Callable[[int], None]


def import_orders(path: Path, *, rejects_path: Path, on_progress: Progress | None = None) -> HistoryReport:
    """Bring the orders and cancellations of the file at `path` into the active shop's history.

    Each is written whole or not at all, once for its number, and committed with its batch: after a kill the same call
    goes on where it stopped. Rows that cannot be imported are written to `rejects_path` and the others go on.
    docs/importing-orders.md has the rule for every kind of row. `on_progress` is told how many bytes of the file have
    been read. In the end the shop's figures by day are due at once. Memory: one batch, and some bytes for each product
    and customer of the file.
    Units: amounts are in the shop's currency. Rounding: unit prices half up to the thousandth, sums not at all.
    Errors: UnreadableFile, MissingColumns, RepeatedColumn, ImportRunning, before anything is written; OperationalError
    when the shop's database is lost on the way.
    """
    encoding = detect_encoding(path)
    delimiter, header = find_header(path, encoding, HISTORY)
    if rejects_path.exists() and rejects_path.samefile(path):
        raise UnreadableFile(path.name, "cannot be replaced by its own rejected rows; choose another place for them")
    settings = shop_settings()
    report = HistoryReport(notes=[encoding.announcement] if encoding.announcement else [])
    with ExitStack() as stack:
        stack.enter_context(only_import())
        rejects = stack.enter_context(RejectsFile(rejects_path, header.cells, subject="Order"))
        text, bytes_read = stack.enter_context(open_text(path, encoding))
        records = read_records(text, delimiter, encoding.damage)
        next(records)  # the header
        run = _Run(report, rejects, settings, source=path.name)
        for batch in _batches(gather(records, header, zone=settings.zone, latest=timezone.now())):
            run.save(batch)
            if on_progress is not None:
                on_progress(bytes_read())
    if (report.orders or report.credit_notes) and platform_hooks.past_changed:
        platform_hooks.past_changed(current_tenant().id)
    return run.finish()


def _batches(found: Iterator[Document | Verdict]) -> Iterator[list[Document | Verdict]]:
    batch: list[Document | Verdict] = []
    rows = 0
    for part in found:
        batch.append(part)
        rows += 1 if isinstance(part, Verdict) else len(part.rows)
        if rows >= BATCH_ROWS:
            yield batch
            batch, rows = [], 0
    if batch:
        yield batch


class _Run:
    """One import under way: what it knows of the shop by now, and where the verdicts come together."""

    def __init__(self, report: HistoryReport, rejects: RejectsFile, settings: ShopSettings, *, source: str) -> None:
        self._report = report
        self._rejects = rejects
        self._settings = settings
        self._source = source
        self._goods = Goods()
        self._buyers = Buyers(settings)

    def save(self, batch: list[Document | Verdict]) -> None:
        verdicts = [part for part in batch if isinstance(part, Verdict)]
        sound: list[Document] = []
        for document in batch:
            if isinstance(document, Document):
                refusal = document.rejected()
                verdicts += refusal
                if not refusal and document.lines:
                    sound.append(document)
                elif not refusal:
                    verdicts += document.verdicts(Outcome.SKIPPED)
        verdicts += self._save(sound)
        self._count(verdicts)

    def _save(self, documents: list[Document]) -> list[Verdict]:
        """A batch that the database refuses is written again one by one, so that one document's trouble is its own."""
        try:
            return self._write(documents)
        except DatabaseError as error:
            if is_outage(error):
                raise
            reason = str(error).splitlines()[0]
        if len(documents) == 1:
            return documents[0].refuse(f"the shop refused it: {reason}")
        return [verdict for document in documents for verdict in self._save([document])]

    def _write(self, documents: list[Document]) -> list[Verdict]:
        with shop_transaction():
            known = _known([document.number for document in documents])
            verdicts: list[Verdict] = []
            new: list[Document] = []
            for document in documents:
                before = known.get(document.number)
                if before is None:
                    new.append(document)
                    known[document.number] = document.fingerprint
                    verdicts += document.verdicts(Outcome.IMPORTED)
                elif document.is_as(before):
                    verdicts += document.verdicts(Outcome.SKIPPED, "it was imported before")
                else:
                    verdicts += document.refuse(f"the shop has another order or credit note {document.number}")
            articles = self._goods.find(line for document in new for line in document.lines)
            people = self._buyers.find(new)
            orders = [document for document in new if not document.is_cancellation]
            notes = [document for document in new if document.is_cancellation]
            written = Written(
                articles=self._goods.known | articles,
                buyers=self._buyers.known | people,
                currency=self._settings.currency,
                source=self._source,
            )
            write_orders(orders, written)
            write_credit_notes(notes, written)
        self._goods.remember(articles)
        self._buyers.remember(people)
        self._report.orders += len(orders)
        self._report.credit_notes += len(notes)
        return verdicts

    def _count(self, verdicts: list[Verdict]) -> None:
        for verdict in sorted(verdicts, key=lambda verdict: verdict.row.line):
            self._report.outcomes[verdict.outcome] += 1
            if verdict.outcome is Outcome.SKIPPED:
                self._report.skipped[verdict.reason] += 1
            elif verdict.outcome is Outcome.REJECTED:
                self._rejects.write(verdict.row.line, verdict.reason, verdict.handle, verdict.row.cells)

    def finish(self) -> HistoryReport:
        self._report.products = len(self._goods.known)
        self._report.customers = len(self._buyers.known)
        self._report.rejects_file = self._rejects.path
        return self._report


def _known(numbers: list[str]) -> dict[str, dict[str, object]]:
    """What the shop has under these numbers: the fingerprint of what was imported, nothing of what it sold itself."""
    orders = Order.objects.filter(order_number__in=numbers).values_list("order_number", "metadata__imported")
    notes = CreditNote.objects.filter(number__in=numbers).values_list("number", "metadata__imported")
    return {number: imported or {} for rows in (orders, notes) for number, imported in rows}
