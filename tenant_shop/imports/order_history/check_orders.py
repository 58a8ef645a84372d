"""Looking at an order history without importing it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from django.utils import timezone

from tenant_shop.configuration.settings import shop_settings
from tenant_shop.imports.drafts import Outcome, Verdict
from tenant_shop.imports.header import find_header
from tenant_shop.imports.order_history.columns import HISTORY
from tenant_shop.imports.order_history.document import Document, gather
from tenant_shop.imports.order_history.report import HistoryReport
from tenant_shop.imports.records import read_records
from tenant_shop.imports.rejects import RejectsFile
from tenant_shop.imports.source import detect_encoding, open_text


def check_orders(path: Path, *, rejects_path: Path, on_progress: Callable[[int], None] | None = None) -> HistoryReport:
    """What an import of the file would make of each row as far as the file alone says; the shop is not asked.

    Rows that would be imported may still be skipped, if the shop has their order already. Nothing is written but the
    rows that would be rejected, to `rejects_path`. Memory: one order. Errors: UnreadableFile, MissingColumns,
    RepeatedColumn.
    """
    encoding = detect_encoding(path)
    delimiter, header = find_header(path, encoding, HISTORY)
    settings = shop_settings()
    report = HistoryReport(notes=[encoding.announcement] if encoding.announcement else [])
    with ExitStack() as stack:
        rejects = stack.enter_context(RejectsFile(rejects_path, header.cells, subject="Order"))
        text, bytes_read = stack.enter_context(open_text(path, encoding))
        records = read_records(text, delimiter, encoding.damage)
        next(records)  # the header
        for part in gather(records, header, zone=settings.zone, latest=timezone.now()):
            for verdict in _judged(part, report):
                report.outcomes[verdict.outcome] += 1
                if verdict.outcome is Outcome.SKIPPED:
                    report.skipped[verdict.reason] += 1
                elif verdict.outcome is Outcome.REJECTED:
                    rejects.write(verdict.row.line, verdict.reason, verdict.handle, verdict.row.cells)
            if on_progress is not None:
                on_progress(bytes_read())
        report.rejects_file = rejects.path
    return report


def _judged(part: Document | Verdict, report: HistoryReport) -> list[Verdict]:
    if isinstance(part, Verdict):
        return [part]
    if refusal := part.rejected():
        return refusal
    if not part.lines:
        return part.verdicts(Outcome.SKIPPED)
    if part.is_cancellation:
        report.credit_notes += 1
    else:
        report.orders += 1
    return part.verdicts(Outcome.IMPORTED)
