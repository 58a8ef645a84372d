"""What a worker does with a file: looks at it, or imports it."""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from celery import shared_task
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from platform_core.tenancy.tasks import TenantTask
from tenant_shop.imports.errors import ImportRunning, MissingColumns, RepeatedColumn, UnreadableFile
from tenant_shop.imports.header import find_header
from tenant_shop.imports.import_products import import_products
from tenant_shop.imports.jobs.carry_out import keep_jobs
from tenant_shop.imports.order_history.check_orders import check_orders
from tenant_shop.imports.order_history.columns import HISTORY
from tenant_shop.imports.order_history.import_orders import import_orders
from tenant_shop.imports.records import read_records
from tenant_shop.imports.runs.models import ImportRun
from tenant_shop.imports.shopify_columns import SHOPIFY
from tenant_shop.imports.source import detect_encoding, open_text

logger = logging.getLogger(__name__)

Kind, Step, State = ImportRun.Kind, ImportRun.Step, ImportRun.State

PREVIEW_ROWS = 10
PREVIEW_CELL = 80
TELL_EVERY = timedelta(seconds=1)
# A worker says something with each batch; one that is silent for so long was killed.
SILENT = timedelta(minutes=10)
MOST_ATTEMPTS = 5
KEEP_REJECTS = timedelta(days=30)
AGAIN_SECONDS = 30


def carry_out(run_id: UUID) -> None:
    """Take the run's next step, from wherever a killed worker has left it.

    What cannot be read fails with its reason; rejected rows are kept for download. Errors: ImportRunning, and whatever
    else comes from outside, such as a database that is lost: the step then begins again, and passes over what is done.
    """
    begun = ImportRun.objects.filter(pk=run_id, state__in=[State.WAITING, State.RUNNING]).update(
        state=State.RUNNING, attempts=F("attempts") + 1, heard_at=timezone.now(), bytes_read=0
    )
    run = ImportRun.objects.filter(pk=run_id).first()
    if not begun or run is None:
        return
    if run.attempts > MOST_ATTEMPTS:
        _end(run, State.FAILED, problem=f"It was tried {MOST_ATTEMPTS} times and never came to its end.")
        return
    try:
        with _at_hand(run) as (path, rejects):
            run.preview = _preview(run, path)
            report = _do(run, path, rejects)
            _keep_rejects(run, report.rejects_file)
    except (UnreadableFile, MissingColumns, RepeatedColumn) as refusal:
        _end(run, State.FAILED, problem=str(refusal))
        return
    except ImportRunning:
        ImportRun.objects.filter(pk=run_id).update(state=State.WAITING, attempts=F("attempts") - 1)
        raise
    except FileNotFoundError:
        _end(run, State.FAILED, problem="The file is not there any more. Send it again.")
        return
    run.counts = {name: value for name, value in report.as_json().items() if name != "rejects_file"}
    run.notes = list(report.notes)
    if run.step == Step.CHECK:
        run.checked = run.counts
    _end(run, State.DONE)


def _do(run: ImportRun, path: Path, rejects: Path) -> Any:
    tell = _Teller(run)
    if run.kind == Kind.PRODUCTS:
        return import_products(path, rejects_path=rejects, dry_run=run.step == Step.CHECK, on_progress=tell)
    if run.step == Step.CHECK:
        return check_orders(path, rejects_path=rejects, on_progress=tell)
    return import_orders(path, rejects_path=rejects, on_progress=tell)


class _Teller:
    """Writes down how far the file is read, once a second at most."""

    def __init__(self, run: ImportRun) -> None:
        self._run, self._told = run, timezone.now()

    def __call__(self, bytes_read: int) -> None:
        now = timezone.now()
        if now - self._told >= TELL_EVERY:
            read = min(bytes_read, self._run.size_bytes)
            ImportRun.objects.filter(pk=self._run.pk).update(bytes_read=read, heard_at=now)
            self._told = now


@contextmanager
def _at_hand(run: ImportRun) -> Iterator[tuple[Path, Path]]:
    """The file on this machine's disk under its own name, and a place for rejected rows."""
    with tempfile.TemporaryDirectory(prefix="import-") as folder:
        try:
            path = Path(default_storage.path(run.file))
        except NotImplementedError:  # it is on no disk of this machine
            path = Path(folder) / run.name
            with default_storage.open(run.file) as stored, path.open("wb") as copy:
                shutil.copyfileobj(stored, copy, length=1 << 20)
        yield path, Path(folder) / "rejected rows.csv"


def _preview(run: ImportRun, path: Path) -> list[list[str]]:
    """The header and the first rows, long cells cut."""
    encoding = detect_encoding(path)
    dialect: Any = SHOPIFY if run.kind == Kind.PRODUCTS else HISTORY
    delimiter, _ = find_header(path, encoding, dialect)
    with open_text(path, encoding) as (text, _):
        rows = islice(read_records(text, delimiter, encoding.damage), PREVIEW_ROWS + 1)
        return [[_cell(cell) for cell in row.cells] for row in rows]


def _cell(text: str) -> str:
    plain = text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    return plain if len(plain) <= PREVIEW_CELL else f"{plain[:PREVIEW_CELL]}…"


def _keep_rejects(run: ImportRun, rejects: Path | None) -> None:
    if run.rejects_file:
        default_storage.delete(run.rejects_file)
        run.rejects_file = ""
    if rejects is not None:
        folder = run.file.rpartition("/")[0]
        with rejects.open("rb") as file:
            run.rejects_file = default_storage.save(f"{folder}/{run.step}-rejected.csv", File(file))


def _end(run: ImportRun, state: ImportRun.State, *, problem: str = "") -> None:
    run.state, run.problem, run.ended_at = state, problem, timezone.now()
    run.bytes_read = run.size_bytes if state == State.DONE else run.bytes_read
    gone = run.file if state == State.DONE and run.step == Step.IMPORT else ""
    if gone:
        run.file = ""
    run.save()
    if gone:  # an order history is full of customers
        default_storage.delete(gone)


@shared_task(  # type: ignore[untyped-decorator]
    base=TenantTask,
    name="imports.run",
    autoretry_for=(ImportRunning,),
    default_retry_delay=AGAIN_SECONDS,
    max_retries=100,
)
def run_task(run_id: str) -> None:
    carry_out(UUID(run_id))


def queue_run(run_id: UUID) -> None:
    """Have a worker take the run on; without a broker the round of every five minutes does."""
    try:
        run_task.delay(str(run_id))
    except OperationalError as error:
        logger.warning("an import waits for the next round: %s", error)


def keep_runs() -> None:
    """Take on runs whose worker was killed or never heard of them; remove files that are over. Safe to repeat."""
    silent_since = timezone.now() - SILENT
    for run in ImportRun.objects.filter(state__in=[State.WAITING, State.RUNNING], heard_at__lt=silent_since):
        queue_run(run.pk)
    over = ImportRun.objects.filter(ended_at__lt=timezone.now() - KEEP_REJECTS)
    for run in over.exclude(file="", rejects_file=""):
        for name in filter(None, (run.file, run.rejects_file)):
            default_storage.delete(name)
        ImportRun.objects.filter(pk=run.pk).update(file="", rejects_file="")


@shared_task(base=TenantTask, name="imports.upkeep")  # type: ignore[untyped-decorator]
def keep_runs_task() -> None:
    keep_runs()
    keep_jobs()
