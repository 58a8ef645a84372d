"""The rows that were not imported, in a file that the merchant can open, correct and send again."""

import csv
import os
import re
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from tenant_shop.imports.errors import UnreadableFile

# What a spreadsheet would run as a formula (OWASP, CSV injection), unless it is only a signed number.
FORMULA = re.compile(r"\s*[=+\-@\t\r|%＝＋－＠]")  # noqa: RUF001 - spreadsheets also run the full-width forms
SIGNED_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*")


def neutralised(cell: str) -> str:
    """`cell` so that no spreadsheet runs it: what looks like a formula gets an apostrophe in front."""
    cell = cell.encode("utf-8", "replace").decode().replace("\0", "�")
    if FORMULA.match(cell) and not SIGNED_NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


class RejectsFile:
    """Written beside its final name and put in place when the block ends, also by an error; absent without rejects.

    Errors: UnreadableFile when the place cannot be written to, before anything is imported.
    """

    def __init__(self, path: Path, header: Sequence[str], *, subject: str) -> None:
        self._path = path
        self._part = path.with_name(f"{path.name}.part")
        self._header = header
        self._subject = subject
        self._written = 0

    @property
    def path(self) -> Path | None:
        """Where the rejected rows are; None as long as there are none."""
        return self._path if self._written else None

    def __enter__(self) -> "RejectsFile":
        if self._path.is_dir():
            raise UnreadableFile(str(self._path), "is a folder; name a file for the rejected rows")
        try:
            self._file = self._part.open("w", encoding="utf-8", newline="")
        except OSError as error:
            raise UnreadableFile(str(self._path), f"cannot be written: {error.strerror}") from error
        self._writer = csv.writer(self._file)
        self._writer.writerow(["Line", "Reason", self._subject, *map(neutralised, self._header)])
        return self

    def write(self, line: int, reason: str, belongs_to: str, cells: Sequence[str]) -> None:
        """One rejected row: where it was, why, what it belongs to, and its own cells."""
        self._writer.writerow([line, neutralised(reason), neutralised(belongs_to), *map(neutralised, cells)])
        self._written += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if self._written:
            os.replace(self._part, self._path)
        else:
            self._part.unlink()
