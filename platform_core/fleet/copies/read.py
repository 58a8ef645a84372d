"""Reading an archive that somebody brought: everything is looked at before anything is made of it.

Its dump is for people; it is never run here, because whoever can change a dump can have the owner of all databases do
anything. Rows are taken from CSVs, which can be nothing but rows.
"""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from platform_core.fleet.backups.store import CHUNK, Tell, nobody
from platform_core.fleet.copies.archive import DUMP, FILES, MANIFEST, README, ROWS, ArchiveManifest
from platform_core.fleet.copies.errors import ArchiveUnusable
from platform_core.fleet.copies.tables import Columns
from platform_core.fleet.migrate.script import SHOP_APP, on_disk
from platform_core.tenancy.hooks import shop_hooks

LARGEST_MANIFEST = 64 * 1024 * 1024
LONGEST_NAME = 500
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)


@dataclass(frozen=True)
class Archive:
    """An archive that is open; `manifest` is what it says of itself."""

    manifest: ArchiveManifest
    _zip: zipfile.ZipFile

    def rows(self, table: str, columns: Columns) -> Iterator[bytes]:
        """A table's CSV. Errors: ArchiveUnusable."""
        return self.pieces(f"{ROWS}{table}.csv")

    def pieces(self, name: str) -> Iterator[bytes]:
        """A file's bytes, as many as the manifest says and no more. Errors: ArchiveUnusable."""
        wanted = self.manifest.files[name]
        digest, size = hashlib.sha256(), 0
        try:
            with self._zip.open(name) as file:
                while piece := file.read(CHUNK):
                    size += len(piece)
                    if size > wanted.size:
                        break
                    digest.update(piece)
                    yield piece
        except BROKEN as error:
            raise ArchiveUnusable(f"{name} cannot be read") from error
        if size != wanted.size or digest.hexdigest() != wanted.sha256:
            raise ArchiveUnusable(f"{name} is not what was archived")

    @property
    def file_names(self) -> list[str]:
        """The shop's own files, without the folder that they have in the archive."""
        return sorted(name.removeprefix(FILES) for name in self.manifest.files if name.startswith(FILES))


@contextmanager
def opened_archive(path: Path, *, tell: Tell = nobody, sha256: str = "") -> Iterator[Archive]:
    """An archive whose every file was read and found to be what its manifest says. Nothing is written.

    `sha256` is the manifest's, when it has to be a certain archive. Errors: ArchiveUnusable for a file that is none, is
    cut off, was changed, or is of a later release.
    """
    try:
        with _opened(path) as opened:
            text = _manifest(opened)
            if sha256 and hashlib.sha256(text).hexdigest() != sha256:
                raise ArchiveUnusable("it is another one than the one that was begun with")
            archive = Archive(_read(text), opened)
            _check_names(archive, opened)
            _check_version(archive.manifest)
            for name in archive.manifest.files:
                for piece in archive.pieces(name):
                    tell(len(piece))
            yield archive
    except zipfile.BadZipFile:
        raise ArchiveUnusable("it is no ZIP file, or cut off") from None


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError:
        raise ArchiveUnusable(f"there is no file {path}") from None
    except OSError as error:
        raise ArchiveUnusable(f"{path} cannot be read: {error.strerror}") from None


def manifest_digest(path: Path) -> str:
    """The SHA-256 of an archive's manifest, which names the digest of everything else. Errors: ArchiveUnusable."""
    try:
        with _opened(path) as opened:
            return hashlib.sha256(_manifest(opened)).hexdigest()
    except BROKEN:
        raise ArchiveUnusable("it is no ZIP file, or cut off") from None


def _manifest(opened: zipfile.ZipFile) -> bytes:
    try:
        info = opened.getinfo(MANIFEST)
    except KeyError:
        raise ArchiveUnusable("it has no manifest, so it is of something else") from None
    if info.file_size > LARGEST_MANIFEST:
        raise ArchiveUnusable("its manifest is too large")
    try:
        return opened.read(info)
    except BROKEN as error:
        raise ArchiveUnusable("its manifest cannot be read") from error


def _read(text: bytes) -> ArchiveManifest:
    try:
        return ArchiveManifest.read(text)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArchiveUnusable(f"its manifest cannot be read ({error})") from error


def _check_names(archive: Archive, opened: zipfile.ZipFile) -> None:
    manifest = archive.manifest
    found = sorted(opened.namelist())
    if found != sorted([MANIFEST, *manifest.files]):
        raise ArchiveUnusable("it has other files than its manifest says")
    if sorted(manifest.columns) != sorted(manifest.tables):
        raise ArchiveUnusable("its manifest names different tables")
    expected = {DUMP, README, *(f"{ROWS}{table}.csv" for table in manifest.tables)}
    strange = [name for name in manifest.files if name not in expected and not _is_plain(name)]
    if strange or not expected <= manifest.files.keys():
        raise ArchiveUnusable(f"it has no place for {strange[0]}" if strange else "a table of it is missing")


def _is_plain(name: str) -> bool:
    """Whether a shop's file may have the name: below its folder, with nothing that leads out of it."""
    inner = name.removeprefix(FILES)
    parts = PurePosixPath(inner).parts
    return (
        name.startswith(FILES)
        and 0 < len(inner) <= LONGEST_NAME
        and inner == "/".join(parts)
        and not any(part in ("..", ".", "/") for part in parts)
        and "\\" not in inner
        and inner.isprintable()
    )


def _check_version(manifest: ArchiveManifest) -> None:
    newest = shop_hooks.schema_version
    if manifest.schema_version > newest:
        raise ArchiveUnusable(f"its schema is {manifest.schema_version}, newer than this release's {newest}")
    if not _is_known(manifest.schema_version):
        raise ArchiveUnusable(f"its schema is {manifest.schema_version}, which is none that this release can make")


def _is_known(version: str) -> bool:
    return any((migration.app, migration.name) == (SHOP_APP, version) for migration in on_disk())
