"""The header of a table: which column stands where, by all the names that a column is known under."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

from tenant_shop.imports.errors import MissingColumns, RepeatedColumn, RowRejected, UnreadableFile
from tenant_shop.imports.records import read_records
from tenant_shop.imports.source import Encoding, open_text

DELIMITERS = (",", ";", "\t")
Column = TypeVar("Column", bound=StrEnum)


@dataclass(frozen=True)
class Dialect(Generic[Column]):
    """The columns of a format. Each goes by its value and its `other_names`, in any case and spacing; without those of
    `required` no row can be understood.
    """

    columns: type[Column]
    other_names: Mapping[Column, Sequence[str]]
    required: Sequence[Column]

    @cached_property
    def _meanings(self) -> dict[str, Column]:
        names: dict[str, Column] = {}
        for column in self.columns:
            for name in (str(column), *self.other_names.get(column, ())):
                names[_plain(name)] = column
        return names

    def known(self, cells: Sequence[str]) -> Iterator[tuple[int, Column]]:
        """(place, column) of every cell of a supposed header that names a known column."""
        for place, cell in enumerate(cells):
            column = self._meanings.get(_plain(cell))
            if column is not None:
                yield place, column


@dataclass(frozen=True, slots=True)
class Header(Generic[Column]):
    """The header of one file: its cells, and where each known column stands."""

    cells: tuple[str, ...]
    places: dict[Column, int]

    def row(self, cells: Sequence[str]) -> dict[Column, str]:
        """The known columns of a row, stripped. A column that the file lacks is absent from the result.

        Errors: RowRejected for a row that is too short for its known columns, or has text beyond the header's last one.
        """
        if any(cell.strip() for cell in cells[len(self.cells) :]):
            raise RowRejected(f"it has {len(cells)} cells, the header has {len(self.cells)}")
        if len(cells) <= max(self.places.values()):
            raise RowRejected(f"it has only {len(cells)} of the header's {len(self.cells)} cells")
        return {column: cells[place].strip() for column, place in self.places.items()}


def find_header(path: Path, encoding: Encoding, dialect: Dialect[Column]) -> tuple[str, Header[Column]]:
    """The delimiter that makes most sense of the first row of `path`, and what that row says.

    Errors: MissingColumns, RepeatedColumn; UnreadableFile for an empty file and a header with NUL characters.
    """
    found = []
    for delimiter in DELIMITERS:
        with open_text(path, encoding) as (text, _):
            record = next(read_records(text, delimiter, encoding.damage), None)
        if record is None:
            raise UnreadableFile(path.name, "is empty")
        found.append((delimiter, record.cells))
    delimiter, cells = max(found, key=lambda candidate: len(list(dialect.known(candidate[1]))))
    return delimiter, _read(path.name, cells, dialect)


def _read(name: str, cells: Sequence[str], dialect: Dialect[Column]) -> Header[Column]:
    if any("\0" in cell for cell in cells):
        raise UnreadableFile(name, "has NUL characters in its header; is it a CSV file?")
    places: dict[Column, int] = {}
    for place, column in dialect.known(cells):
        if column in places:
            raise RepeatedColumn(name, cells[places[column]].strip(), cells[place].strip())
        places[column] = place
    missing = [column.value for column in dialect.required if column not in places]
    if missing:
        found = [cell.strip()[:40] for cell in cells if cell.strip()]
        raise MissingColumns(name, missing, [*found[:8], "…"] if len(found) > 8 else found)
    return Header(tuple(cells), places)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
