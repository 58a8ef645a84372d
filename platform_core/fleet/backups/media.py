"""A shop's files: each stored once under its SHA-256, however many backups have it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage

from platform_core.fleet.backups.errors import BackupUnusable
from platform_core.fleet.backups.manifest import Manifest, StoredFile
from platform_core.fleet.backups.store import (
    CHUNK,
    MEDIA_LIST,
    Measured,
    Tell,
    files_below,
    get_bytes,
    put,
    put_bytes,
    store,
)
from platform_core.tenancy.context import TenantInfo, tenant_context


@dataclass(frozen=True, kw_only=True)
class MediaFile:
    """A file of a shop: its name, bytes, SHA-256, and when it was last written."""

    name: str
    size: int
    sha256: str
    modified_at: str


@dataclass(frozen=True, kw_only=True)
class MediaCopy:
    """What a backup has of a shop's files."""

    listed: StoredFile
    files: int
    size: int


def copy_media(shop: TenantInfo, location: str, *, earlier: list[MediaFile], tell: Tell) -> MediaCopy:
    """Store the files of `shop` that the storage of backups lacks, and the list of all of them in `location`.

    A file of the size and time that `earlier`, the list of an earlier backup, has it with is not read again. A file
    that goes away meanwhile is left out.
    """
    known = {(file.name, file.size, file.modified_at): file for file in earlier}
    found: list[MediaFile] = []
    with tenant_context(shop):
        for name in file_names():
            try:
                size, modified = default_storage.size(name), _written(default_storage.get_modified_time(name))
                file = known.get((name, size, modified)) or _store(shop.id, name, modified, tell=tell)
            except FileNotFoundError:
                continue
            found.append(file)
    text = json.dumps([asdict(file) for file in found], indent=0).encode()
    digest = put_bytes(f"{location}/{MEDIA_LIST}", text)
    listed = StoredFile(name=MEDIA_LIST, size=len(text), sha256=digest)
    return MediaCopy(listed=listed, files=len(found), size=sum(file.size for file in found))


def media_of(location: str, manifest: Manifest) -> list[MediaFile]:
    """The files that a backup has. Errors: BackupUnusable when its list is not the one that was written."""
    if manifest.media_list is None:
        return []
    try:
        text = get_bytes(f"{location}/{manifest.media_list.name}")
    except FileNotFoundError:
        raise BackupUnusable(str(manifest.id), "its list of files is missing") from None
    if hashlib.sha256(text).hexdigest() != manifest.media_list.sha256:
        raise BackupUnusable(str(manifest.id), "its list of files is not the one that was written")
    return [MediaFile(**entry) for entry in json.loads(text)]


def check_media(tenant_id: UUID, manifest: Manifest, files: list[MediaFile], *, tell: Tell) -> None:
    """Read every file of a backup. Errors: BackupUnusable when one is missing or not what it was."""
    for sha256 in sorted({file.sha256 for file in files}):
        try:
            with store().open(_place(tenant_id, sha256)) as stored:
                digest = _digest(stored, tell=tell)
        except FileNotFoundError:
            raise BackupUnusable(str(manifest.id), f"its file {sha256} is missing") from None
        if digest != sha256:
            raise BackupUnusable(str(manifest.id), f"its file {sha256} is not what was stored")


def put_media_back(shop: TenantInfo, files: list[MediaFile], *, tell: Tell) -> int:
    """Give `shop` back those of `files` that it lacks; how many. What it has stays as it is: no name is used twice."""
    given = 0
    with tenant_context(shop):
        for file in files:
            if default_storage.exists(file.name):
                if default_storage.size(file.name) == file.size:
                    continue
                default_storage.delete(file.name)  # a copy that a kill cut short
            with store().open(_place(shop.id, file.sha256)) as stored:
                default_storage.save(file.name, File(Measured(stored, tell=tell), file.name))  # type: ignore[arg-type]
            given += 1
    return given


def remove_unused_media(tenant_id: UUID, used: set[str]) -> int:
    """Remove the stored files of a shop that no backup has any more; `used` are the digests of those that are."""
    removed = 0
    for name in list(files_below(_folder(tenant_id))):
        if name.rpartition("/")[2] not in used:
            store().delete(name)
            removed += 1
    return removed


def _store(tenant_id: UUID, name: str, modified: str, *, tell: Tell) -> MediaFile:
    with default_storage.open(name) as file:
        sha256 = _digest(file, tell=tell)
    place = _place(tenant_id, sha256)
    with default_storage.open(name) as file:
        size = default_storage.size(name)
        if not store().exists(place) or store().size(place) != size:
            store().delete(place)  # what a killed backup left of it
            source = Measured(file, tell=tell)
            put(place, source)
            if source.sha256 != sha256:
                store().delete(place)
                raise FileNotFoundError(f"{name} changed while it was read")
    return MediaFile(name=name, size=size, sha256=sha256, modified_at=modified)


def _digest(file: IO[bytes], *, tell: Tell) -> str:
    digest = hashlib.sha256()
    while piece := file.read(CHUNK):
        digest.update(piece)
        tell(len(piece))
    return digest.hexdigest()


def file_names(folder: str = "") -> Iterator[str]:
    """The names of the active shop's files in `folder` and below it."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield f"{folder}/{name}" if folder else name
    for below in sorted(folders):
        yield from file_names(f"{folder}/{below}" if folder else below)


def _written(moment: datetime) -> str:
    return moment.isoformat()


def _folder(tenant_id: UUID) -> str:
    return f"shops/{tenant_id.hex}/media"


def _place(tenant_id: UUID, sha256: str) -> str:
    return f"{_folder(tenant_id)}/{sha256[:2]}/{sha256}"
