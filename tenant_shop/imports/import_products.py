"""Import a product file into the active shop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

from platform_core.plans.limits import PlanTerms
from platform_core.tenancy.context import current_tenant
from tenant_shop.configuration.plan import plan_limits
from tenant_shop.imports.drafts import Outcome, ProductDraft, Verdict
from tenant_shop.imports.errors import UnreadableFile
from tenant_shop.imports.header import Header, find_header
from tenant_shop.imports.records import Record, read_records
from tenant_shop.imports.rehearsal import Rehearsal
from tenant_shop.imports.rejects import RejectsFile
from tenant_shop.imports.report import ImportReport
from tenant_shop.imports.save_products import Saved, save_products
from tenant_shop.imports.shopify_columns import SHOPIFY, Column
from tenant_shop.imports.shopify_product import read_product
from tenant_shop.imports.shopify_rows import RowGroup, gather
from tenant_shop.imports.source import Encoding, detect_encoding, open_text
from tenant_shop.imports.turn import only_import

# A batch is written in one transaction once it has this many rows.
BATCH_ROWS = 500

Progress = Callable[[int], None]


def import_products(
    path: Path, *, rejects_path: Path, dry_run: bool = False, on_progress: Progress | None = None
) -> ImportReport:
    """Bring the active shop's catalogue to what the Shopify file at `path` says; never removes anything.

    Rows that cannot be imported are written to `rejects_path` and the others go on. Each product is written whole or
    not at all, and committed with its batch: after a kill the same call goes on where it stopped, since what is as the
    file says is not touched. A dry run does the same and takes each batch back at once, so that it holds no row for
    longer than a batch takes; it reads the file twice, to know what it must remember of a batch for those that follow.
    `on_progress` is told how many bytes of the file have been read.
    Memory: one batch, and some bytes for each product and variant.
    Errors: UnreadableFile, MissingColumns, RepeatedColumn, ImportRunning, before anything is written; OperationalError
    when the shop's database is lost on the way.
    """
    encoding = detect_encoding(path)
    delimiter, header = find_header(path, encoding, SHOPIFY)
    if rejects_path.exists() and rejects_path.samefile(path):
        raise UnreadableFile(path.name, "cannot be replaced by its own rejected rows; choose another place for them")
    report = ImportReport(dry_run=dry_run, notes=[encoding.announcement] if encoding.announcement else [])
    with ExitStack() as stack:
        stack.enter_context(only_import())
        rejects = stack.enter_context(RejectsFile(rejects_path, header.cells, subject="Product"))
        text, bytes_read = stack.enter_context(open_text(path, encoding))
        rehearsal = Rehearsal(_repeated_slugs(path, encoding, delimiter, header)) if dry_run else None
        run = _Run(report, rejects, plan_limits(), rehearsal, reference=path.name[:100])
        records = read_records(text, delimiter, encoding.damage)
        next(records)  # the header
        for batch in _batches(records, header, current_tenant().currency):
            run.save(batch)
            if on_progress is not None:
                on_progress(bytes_read())
    return run.finish()


def _repeated_slugs(path: Path, encoding: Encoding, delimiter: str, header: Header[Column]) -> set[str]:
    """The products whose rows do not all stand together."""
    seen: set[str] = set()
    again: set[str] = set()
    with open_text(path, encoding) as (text, _):
        records = read_records(text, delimiter, encoding.damage)
        next(records)  # the header
        for found in gather(records, header):
            if isinstance(found, RowGroup):
                (again if found.slug in seen else seen).add(found.slug)
    return again


def _batches(
    records: Iterator[Record], header: Header[Column], currency: str
) -> Iterator[list[ProductDraft | Verdict]]:
    """What the rows mean, in lists of about `BATCH_ROWS` rows; no list has two parts of one product."""
    batch: list[ProductDraft | Verdict] = []
    slugs: set[str] = set()
    rows = 0
    for found in gather(records, header):
        adding = 1 if isinstance(found, Verdict) else len(found.rows)
        if batch and (rows + adding > BATCH_ROWS or (isinstance(found, RowGroup) and found.slug in slugs)):
            yield batch
            batch, slugs, rows = [], set(), 0
        rows += adding
        if isinstance(found, Verdict):
            batch.append(found)
        else:
            batch.append(read_product(found, currency))
            slugs.add(found.slug)
    if batch:
        yield batch


class _Run:
    """One import under way: where the verdicts of its batches come together."""

    def __init__(
        self,
        report: ImportReport,
        rejects: RejectsFile,
        limits: PlanTerms,
        rehearsal: Rehearsal | None,
        *,
        reference: str,
    ) -> None:
        self._report = report
        self._rejects = rejects
        self._limits = limits
        self._rehearsal = rehearsal
        self._reference = reference
        self._products: set[UUID] = set()
        self._variants: set[UUID] = set()
        self._negative_quantities = 0
        self._unshown_pictures = 0

    def save(self, batch: list[ProductDraft | Verdict]) -> None:
        saved = Saved([found for found in batch if isinstance(found, Verdict)])
        drafts = [found for found in batch if isinstance(found, ProductDraft)]
        if drafts:
            saved.add(save_products(drafts, limits=self._limits, reference=self._reference, rehearsal=self._rehearsal))
        for verdict in sorted(saved.verdicts, key=lambda verdict: verdict.row.line):
            self._report.outcomes[verdict.outcome] += 1
            if verdict.outcome is Outcome.REJECTED:
                self._rejects.write(verdict.row.line, verdict.reason, verdict.handle, verdict.row.cells)
        self._products |= saved.product_ids
        self._variants |= saved.variant_ids
        self._negative_quantities += saved.negative_quantities
        self._unshown_pictures += saved.unshown_pictures

    def finish(self) -> ImportReport:
        self._report.products, self._report.variants = len(self._products), len(self._variants)
        self._report.rejects_file = self._rejects.path
        if self._negative_quantities:
            self._report.notes.append(
                "Rows with a negative quantity of something that cannot be back-ordered, read as 0: "
                f"{self._negative_quantities}."
            )
        if self._unshown_pictures:
            self._report.notes.append(
                "Pictures at addresses without https, kept as references and not shown in the shop: "
                f"{self._unshown_pictures}."
            )
        return self._report
