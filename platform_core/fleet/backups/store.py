"""Where backups lie: the storage `backups` of the settings; what is written there is digested as it goes by."""

import hashlib
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, cast

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages

CHUNK = 1024 * 1024
MANIFEST = "manifest.json"
DUMP = "database.dump"
MEDIA_LIST = "media.json"

# Hears how many bytes went by.
Tell = Callable[[int], None]


def nobody(size: int) -> None:
    """Hears nothing."""


class BackupFolder(FileSystemStorage):
    """A folder whose files are on the disk when they are said to be: a power cut must not empty what was written."""

    def _save(self, name: str, content: Any) -> str:
        kept_as: str = super()._save(name, content)  # type: ignore[misc]
        path = Path(self.path(kept_as))
        for written in (path, path.parent):
            descriptor = os.open(written, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        return kept_as


def store() -> Storage:
    """The storage of backups: a folder, or S3 (docs/operations/backups.md)."""
    return storages["backups"]


class Measured(io.RawIOBase):
    """Reads through to `source`, counts and digests what passes. `at_end` is called once, and may refuse the end."""

    def __init__(
        self,
        source: IO[bytes],
        *,
        at_end: Callable[[], None] = lambda: None,
        tell: Tell = nobody,
    ) -> None:
        super().__init__()
        self._source, self._at_end, self._tell = source, at_end, tell
        self._digest = hashlib.sha256()
        self.ended = False
        self.size = 0

    @property
    def sha256(self) -> str:
        """Of what was read so far, in hexadecimal."""
        return self._digest.hexdigest()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """`size` bytes, fewer only at the end, which is then asked for: some readers stop at the first short answer."""
        pieces: list[bytes] = []
        missing = size
        while missing != 0:
            piece = self._source.read(missing)
            if not piece:
                self._end()
                break
            pieces.append(piece)
            self.size += len(piece)
            self._digest.update(piece)
            self._tell(len(piece))
            missing = missing - len(piece) if size >= 0 else -1
        return b"".join(pieces)

    def _end(self) -> None:
        if not self.ended:
            self.ended = True
            self._at_end()


def put(name: str, source: Measured) -> None:
    """Store what `source` gives under `name`, as it comes. What was stored of it when that fails is removed.

    Errors: OSError and what the storage raises; whatever `source` refuses its end with.
    """
    content = _Streamed(cast("IO[bytes]", source), name)
    try:
        kept_as = store().save(name, content)
        if not source.ended:
            raise OSError("the storage stopped reading before the end")
    except BaseException:
        store().delete(name)
        raise
    if kept_as != name:
        store().delete(kept_as)
        raise FileExistsError(f"{name} is in the storage of backups already")


class _Streamed(File):  # type: ignore[type-arg]
    DEFAULT_CHUNK_SIZE = CHUNK

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        while piece := self.read(chunk_size or CHUNK):
            yield piece


def put_bytes(name: str, content: bytes) -> str:
    """Store `content` under `name`; its SHA-256. Errors: as `put`."""
    source = Measured(io.BytesIO(content))
    put(name, source)
    return source.sha256


def get_bytes(name: str) -> bytes:
    """What is stored under `name`. Errors: FileNotFoundError."""
    with store().open(name) as file:
        return cast("bytes", file.read())


def files_below(folder: str) -> Iterator[str]:
    """The names of all files in `folder` and below it; none when there is no such folder."""
    try:
        folders, files = store().listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in sorted(files))
    for below in sorted(folders):
        if below:
            yield from files_below(f"{folder}/{below}")


def remove_folder(folder: str) -> None:
    """Remove every file of a backup, its manifest first: half a removal leaves no backup. Safe to repeat."""
    names = list(files_below(folder))
    for name in sorted(names, key=lambda name: not name.endswith(f"/{MANIFEST}")):
        store().delete(name)
    if isinstance(store(), FileSystemStorage):
        store().delete(folder)
