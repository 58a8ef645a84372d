"""Where the shops' files lie, and where backups do: whether what is written there can be read again."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage
from storages.backends.s3 import S3Storage

from platform_core.fleet.backups.store import store
from platform_core.fleet.doctor.finding import Finding, error, fine, warning

FREE_SHARE = 0.10
WRITTEN = b"written by the doctor"
DOES_NOT_WORK = (OSError, BotoCoreError, Boto3Error, ClientError)


def examine_files() -> Iterator[Finding]:
    """The folder or the bucket of the shops' files."""
    options = cast("dict[str, Any]", settings.STORAGES["default"].get("OPTIONS", {}))
    # Not the storage itself, which knows files of shops only.
    place = S3Storage(**options) if "bucket_name" in options else FileSystemStorage(settings.MEDIA_ROOT)
    yield from _examine("files", place, mend="make room, or move files to a bucket (MEDIA_S3_BUCKET)")


def examine_backups() -> Iterator[Finding]:
    """The folder or the bucket of backups."""
    place = store()
    yield from _examine("backups", place, mend="make room, or have fewer kept (BACKUP_KEEP_…)")
    if isinstance(place, FileSystemStorage) and Path(place.location).is_relative_to(settings.DATA_DIR):
        yield warning(
            "backups", f"lie in the data folder, {place.location}: what destroys it destroys them",
            "set BACKUP_FOLDER to another machine's disk, or BACKUP_S3_BUCKET",
        )  # fmt: skip


def _examine(part: str, place: Storage, *, mend: str) -> Iterator[Finding]:
    shown = place.location if isinstance(place, FileSystemStorage) else f"the bucket {place.bucket_name}"  # type: ignore[attr-defined]
    name = f"doctor-{uuid4().hex}"
    try:
        kept_as = place.save(name, ContentFile(WRITTEN))
        try:
            with place.open(kept_as) as file:
                whole = file.read() == WRITTEN
        finally:
            place.delete(kept_as)
    except DOES_NOT_WORK as failure:
        said = getattr(failure, "strerror", None) or str(failure).splitlines()[0]
        yield error(part, f"nothing can be written to {shown}: {said}", "give the process the right to, or correct it")
        return
    if not whole:
        yield error(part, f"{shown} gives back something else than was written", "have its disk examined")
    elif isinstance(place, FileSystemStorage):
        usage = shutil.disk_usage(place.location)
        share = usage.free / usage.total
        if share < FREE_SHARE:
            yield warning(part, f"{share:.0%} of the disk under {shown} is free", mend)
        else:
            yield fine(part, f"{shown} can be written and read, {share:.0%} of the disk is free")
    else:
        yield fine(part, f"{shown} can be written and read")
