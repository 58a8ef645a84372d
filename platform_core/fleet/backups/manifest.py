"""The manifest: what a backup consists of. Written last, so that what has none is no backup."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from platform_core.fleet.backups.contents import Contents, TableContents
from platform_core.fleet.backups.errors import BackupUnusable
from platform_core.fleet.backups.store import MANIFEST, get_bytes, put_bytes

FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file of a backup; `name` is its name in the backup's folder."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Everything that restoring needs to know; sizes are in bytes. `tenant_id` is None for the platform's own."""

    id: UUID
    kind: str
    tenant_id: UUID | None
    slug: str
    reason: str
    server: str
    database_name: str
    epoch: int
    schema_version: str
    postgresql: int
    pg_dump: int
    started_at: datetime
    finished_at: datetime
    dump: StoredFile
    media_list: StoredFile | None
    media_files: int
    media_bytes: int
    tables: Contents

    @property
    def row_count(self) -> int:
        return sum(table.rows for table in self.tables.values())

    def as_json(self) -> bytes:
        return json.dumps({"format": FORMAT, **asdict(self)}, default=_plain, indent=1, sort_keys=True).encode()

    @classmethod
    def read(cls, text: bytes) -> Self:
        """Errors: ValueError when it is not a whole manifest of a format that we know."""
        values: dict[str, Any] = json.loads(text)
        if values.pop("format") != FORMAT:
            raise ValueError("its format is another release's")
        values["id"] = UUID(values["id"])
        values["tenant_id"] = UUID(values["tenant_id"]) if values["tenant_id"] else None
        for moment in ("started_at", "finished_at"):
            values[moment] = datetime.fromisoformat(values[moment])
        values["dump"] = StoredFile(**values["dump"])
        values["media_list"] = StoredFile(**values["media_list"]) if values["media_list"] else None
        values["tables"] = {name: TableContents(**table) for name, table in values["tables"].items()}
        return cls(**values)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def write_manifest(location: str, manifest: Manifest) -> None:
    put_bytes(f"{location}/{MANIFEST}", manifest.as_json())


def read_manifest(location: str) -> Manifest:
    """The manifest in the folder `location`. Errors: BackupUnusable when there is none, or not a whole one."""
    try:
        return Manifest.read(get_bytes(f"{location}/{MANIFEST}"))
    except FileNotFoundError:
        raise BackupUnusable(location, "it has no manifest, so it was never finished") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupUnusable(location, f"its manifest cannot be read ({error})") from error
