"""What an archive of a shop is: a ZIP file of CSVs, files and a dump, whose manifest is written last."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, Any, Self
from uuid import UUID

from platform_core.fleet.backups.contents import Contents, TableContents
from platform_core.fleet.backups.store import CHUNK, Tell
from platform_core.fleet.copies.tables import Columns

KIND, FORMAT = "smartseller-shop", 1
MANIFEST, README, DUMP = "manifest.json", "README.txt", "database.dump"
ROWS, FILES = "rows/", "files/"
# Of every archive the same, so that two of one shop differ only where the shop does.
EPOCH = (1980, 1, 1, 0, 0, 0)

EXPLANATION = """This is a whole shop, as of one moment.

rows/<table>.csv   every table, as CSV in UTF-8 with the columns' names in the first line; NULL is nothing between two
                   commas, empty text is "". Spreadsheets read them.
files/             the shop's pictures and other files, under their own names.
database.dump      the same rows for PostgreSQL: pg_restore --no-owner -d DATABASE database.dump
manifest.json      versions, rows and checksums of every table, size and SHA-256 of every file.

It holds personal data of customers, and what their passwords are checked by. Keep it where nobody else reads it.
Another installation of SmartSeller takes it in:
  manage.py tenant import_archive FILE --slug ADDRESS --owner-email E-MAIL
"""


@dataclass(frozen=True, kw_only=True)
class ArchivedFile:
    """Bytes and SHA-256 of a file of an archive."""

    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ShopFacts:
    """The shop that was archived. Codes are ISO 4217, IANA and ISO 3166-1."""

    id: UUID
    slug: str
    name: str
    currency: str
    timezone: str
    country: str
    theme: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ArchiveManifest:
    """Everything that reading an archive needs to know; `files` are all of its files but the manifest itself."""

    shop: ShopFacts
    schema_version: str
    postgresql: int
    made_at: datetime
    columns: dict[str, Columns]
    tables: Contents
    files: dict[str, ArchivedFile]

    def as_json(self) -> bytes:
        told = {"kind": KIND, "format": FORMAT, **asdict(self)}
        return json.dumps(told, default=_plain, indent=1, sort_keys=True).encode()

    @classmethod
    def read(cls, text: bytes) -> Self:
        """Errors: ValueError, KeyError or TypeError when it is no manifest of a format that we know."""
        told: dict[str, Any] = json.loads(text)
        if told.pop("kind") != KIND:
            raise ValueError("it is of something else")
        if told.pop("format") != FORMAT:
            raise ValueError("its format is another release's")
        told["shop"] = ShopFacts(**{**told["shop"], "id": UUID(told["shop"]["id"])})
        told["made_at"] = datetime.fromisoformat(told["made_at"])
        told["columns"] = {name: tuple(columns) for name, columns in told["columns"].items()}
        told["tables"] = {name: TableContents(**table) for name, table in told["tables"].items()}
        told["files"] = {name: ArchivedFile(**file) for name, file in told["files"].items()}
        return cls(**told)


class ArchiveWriter:
    """Writes an archive into `sink`, file by file, and digests what it writes."""

    def __init__(self, sink: IO[bytes], *, tell: Tell) -> None:
        self._zip = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self._tell = tell
        self.files: dict[str, ArchivedFile] = {}

    def add(self, name: str, pieces: Iterable[bytes], *, is_packed: bool = False) -> None:
        """Add a file; what `is_packed` already is stored as it comes."""
        info = zipfile.ZipInfo(name, date_time=EPOCH)
        info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=True) as file:
            for piece in pieces:
                file.write(piece)
                digest.update(piece)
                size += len(piece)
                self._tell(len(piece))
        self.files[name] = ArchivedFile(size=size, sha256=digest.hexdigest())

    def finish(self, manifest: ArchiveManifest) -> None:
        """Add the manifest, without which this is no archive."""
        self.add(MANIFEST, [manifest.as_json()])

    def close(self) -> None:
        """What was not finished before is no archive."""
        self._zip.close()


def pieces_of(file: IO[bytes] | io.RawIOBase) -> Iterable[bytes]:
    """What `file` holds, a mebibyte at a time."""
    while piece := file.read(CHUNK):
        yield piece


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
