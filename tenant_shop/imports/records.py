"""Rows of a delimited file, each with its line number; a broken row costs itself only."""

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, TextIO

# Characters in one line, and in one row over all its lines; a cell may have `csv.field_size_limit()` of them.
LONGEST_LINE = 1_000_000


@dataclass(frozen=True, slots=True)
class Record:
    """One row as the file has it. `line` is where it starts, counted from 1 by the file's line ends.

    `fault` says why the row could not be read; `cells` then holds what could be saved of it, for the merchant to find
    it again.
    """

    line: int
    cells: list[str]
    fault: str | None = None


class _Line(NamedTuple):
    number: int
    text: str
    too_long: bool


class _TooLong(Exception):
    pass


class _Lines:
    """The lines of a stream, with those of the current record kept so that they can be read again."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._read = 0
        self._again: deque[_Line] = deque()
        self.current: list[_Line] = []
        self._length = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._from_stream()
        self.current.append(line)
        self._length += len(line.text)
        if line.too_long or self._length > LONGEST_LINE:
            raise _TooLong
        return line.text

    def _from_stream(self) -> _Line:
        text = self._stream.readline(LONGEST_LINE)
        if not text:
            raise StopIteration
        self._read += 1
        too_long = len(text) == LONGEST_LINE and text[-1] not in "\r\n"
        if too_long:
            while (rest := self._stream.readline(LONGEST_LINE)) and rest[-1] not in "\r\n":
                pass
        return _Line(self._read, text, too_long)

    def begin_record(self) -> None:
        self.current = []
        self._length = 0

    def give_up_first(self) -> _Line:
        """The first line of the current record is lost; the others get a record of their own."""
        first, *rest = self.current
        self._again.extendleft(reversed(rest))
        return first


def read_records(stream: TextIO, delimiter: str, damage: re.Pattern[str]) -> Iterator[Record]:
    """The records of `stream`, lazily; empty lines are no records.

    Quotes follow RFC 4180 strictly. A record whose quotes are broken, or that grows past the limits, is given up at
    its first line, and reading goes on at the next one.
    """
    lines = _Lines(stream)
    while True:
        lines.begin_record()
        try:
            cells = next(csv.reader(lines, delimiter=delimiter, strict=True))
        except StopIteration:
            return
        except (csv.Error, _TooLong) as error:
            first = lines.give_up_first()
            yield Record(first.number, [first.text.rstrip("\r\n")[:1000]], _fault(first, error))
            continue
        if cells:
            yield Record(lines.current[0].number, cells, _unstorable(cells, damage))


def _fault(line: _Line, error: Exception) -> str:
    if line.too_long:
        return f"the line is longer than {LONGEST_LINE:,} characters"
    if "field larger" in str(error):
        return f"a cell is longer than {csv.field_size_limit():,} characters, or its quotes are never closed"
    return "its quotes are broken"


def _unstorable(cells: list[str], damage: re.Pattern[str]) -> str | None:
    row = "".join(cells)
    if "\0" in row:
        return "it contains a NUL character"
    if not row.isascii() and damage.search(row):
        return "some of its bytes do not fit the file's encoding"
    return None
