"""Reading the rows that a step of a run rejected."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.core.files.storage import default_storage

from tenant_shop.imports.runs.models import ImportRun

# Before the row's own cells: line, reason, what it belongs to.
OWN_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not imported: its line in the file, why, what it belongs to, and its cells by column."""

    line: int
    reason: str
    belongs_to: str
    cells: dict[str, str]


def rejected_rows(run: ImportRun, *, after: int = 0, most: int) -> list[RejectedRow]:
    """At most so many rejected rows behind the first `after`; none when there were none, or they are not kept any more.

    What a spreadsheet would run as a formula has an apostrophe in front, as in the file itself.
    """
    return list(islice(_rows(run), after, after + most))


def _rows(run: ImportRun) -> Iterator[RejectedRow]:
    if not run.rejects_file:
        return
    try:
        stored = default_storage.open(run.rejects_file)
    except FileNotFoundError:  # its time was over meanwhile
        return
    with stored, io.TextIOWrapper(stored, encoding="utf-8", newline="") as text:
        rows = csv.reader(text)
        header = next(rows, [])[OWN_COLUMNS:]
        for line, reason, belongs_to, *cells in rows:
            yield RejectedRow(int(line), reason, belongs_to, dict(zip(header, cells, strict=False)))
