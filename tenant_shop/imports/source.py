"""A file of unknown encoding, opened as text."""

import codecs
import io
import lzma
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from tenant_shop.imports.errors import UnreadableFile
from tenant_shop.imports.unpack import unpacked

CHUNK = 1 << 16
MARKS = (
    # UTF-32 comes first: its little-endian mark starts with the one of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
OTHER_FORMATS = (
    (b"PK\x03\x04", "is a spreadsheet or an archive; save it as CSV first"),
    (b"\xd0\xcf\x11\xe0", "is an old spreadsheet; save it as CSV first"),
    (b"\x1f\x8b", "is compressed; unpack it first"),
    (b"%PDF", "is a PDF document; export the products as CSV first"),
)
# Bytes that do not fit the encoding are kept as lone surrogates, which no file can hold (PEP 383).
UNDECODABLE = re.compile("[\ud800-\udfff]")
NOT_ASCII = re.compile("[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """How to read a file: Python's `codec`, and its name for people. `announcement` says what was assumed, if anything.

    Bytes that cannot be decoded come out as text that matches `damage`.
    """

    codec: str
    name: str
    announcement: str | None = None

    @property
    def errors(self) -> str:
        return "replace" if self.codec in {"utf-16", "utf-32"} else "surrogateescape"

    @property
    def damage(self) -> re.Pattern[str]:
        return re.compile("\ufffd") if self.errors == "replace" else UNDECODABLE


def detect_encoding(path: Path) -> Encoding:
    """The encoding of `path`: by its byte order mark, else UTF-8, else Windows-1252.

    The whole file is read once, in chunks; one that xz compressed as what is in it. When some bytes are not UTF-8, the
    file is taken for Windows-1252 unless it has more correct UTF-8 sequences than wrong bytes: then it is UTF-8 with
    damaged rows.
    Errors: UnreadableFile for a file that is missing, empty, damaged, not a regular file, or plainly not text.
    """
    name = path.name
    try:
        if not path.is_file():
            raise UnreadableFile(name, "is not a file" if path.exists() else "does not exist")
        with path.open("rb") as stored:
            file = unpacked(stored)
            head = file.read(CHUNK)
            if not head.strip():
                raise UnreadableFile(name, "is empty")
            for start, problem in OTHER_FORMATS:
                if head.startswith(start):
                    raise UnreadableFile(name, problem)
            for mark, codec, label in MARKS:
                if head.startswith(mark):
                    _read_to_the_end(file)
                    return Encoding(codec, label)
            if head.count(0) * 4 > len(head):
                raise UnreadableFile(name, "looks like UTF-16 without a byte order mark; save it as UTF-8")
            broken, accented = _count_beyond_ascii(head, file)
    except (lzma.LZMAError, EOFError) as error:
        raise UnreadableFile(name, "is a damaged archive") from error
    except OSError as error:
        raise UnreadableFile(name, f"cannot be read: {error.strerror}") from error
    if not broken:
        return Encoding("utf-8", "UTF-8")
    if accented > broken:
        return Encoding(
            "utf-8",
            "UTF-8",
            f"{name} is read as UTF-8, but not all of it is: undecodable bytes, whose rows are rejected: {broken}.",
        )
    return Encoding("cp1252", "Windows-1252", f"{name} is not UTF-8; it is read as Windows-1252.")


def _read_to_the_end(file: io.BufferedReader) -> None:
    """A damaged archive must be found before anything is imported from it."""
    while file.read(CHUNK):
        pass


def _count_beyond_ascii(chunk: bytes, file: io.BufferedReader) -> tuple[int, int]:
    """How many bytes are not UTF-8, and how many characters beyond ASCII are, in `chunk` and what follows it."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
    broken = accented = 0
    while chunk:
        text = decoder.decode(chunk)
        if not text.isascii():
            wrong = len(UNDECODABLE.findall(text))
            broken += wrong
            accented += len(NOT_ASCII.findall(text)) - wrong
        chunk = file.read(CHUNK)
    return broken + len(decoder.decode(b"", final=True)), accented


@contextmanager
def open_text(path: Path, encoding: Encoding) -> Iterator[tuple[TextIO, Callable[[], int]]]:
    """`path` as text with its line ends untouched, unpacked if need be, and a function that tells how many bytes of the
    file have been read so far."""
    with path.open("rb") as stored:
        text = io.TextIOWrapper(unpacked(stored), encoding=encoding.codec, errors=encoding.errors, newline="")
        yield text, stored.tell
