"""Files of shops in a bucket of S3, for web processes and workers on more than one machine.

Apart from `storage.py`, because the client of S3 costs a process's start half a second and 20 MiB.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage
from storages.utils import safe_join

from platform_core.tenancy.context import current_tenant


class TenantBucketStorage(S3Storage):  # type: ignore[misc]
    """As `TenantFileStorage`, under `<location>/<shop's id>/` of a bucket that only we can read.

    Visitors get a file from the shop's own address as they do from a folder, so that the shop decides who may see it.
    Errors: NoTenant outside a shop; SuspiciousFileOperation for a name that leads out of the shop's folder;
    FileNotFoundError; OSError when the bucket refuses or does not answer.
    """

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        """Where the shop shows the file: an address without a host."""
        return f"{settings.MEDIA_URL}{filepath_to_uri(name).lstrip('/')}"

    def delete(self, name: str) -> None:
        with _told_as_os_error(name):
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _told_as_os_error(name):
            return bool(super().exists(name))

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with _told_as_os_error(name):
            found: tuple[list[str], list[str]] = super().listdir(name)
        return found

    def size(self, name: str) -> int:
        with _told_as_os_error(name):
            return int(super().size(name))

    def get_modified_time(self, name: str) -> datetime:
        with _told_as_os_error(name):
            moment: datetime = super().get_modified_time(name)
        return moment

    def _open(self, name: str, mode: str = "rb") -> Any:
        with _told_as_os_error(name):
            return super()._open(name, mode)

    def _save(self, name: str, content: Any) -> str:
        with _told_as_os_error(name):
            return str(super()._save(name, content))

    def _normalize_name(self, name: str) -> str:
        folder = f"{self.location}/{current_tenant().id.hex}".lstrip("/")
        try:
            return str(safe_join(folder, name))
        except ValueError:
            raise SuspiciousFileOperation(f"{name} leads out of the shop's folder") from None


@contextmanager
def _told_as_os_error(name: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
            raise FileNotFoundError(f"There is no file {name}") from error
        raise OSError(f"the bucket refused {name}: {error}") from error
    except (BotoCoreError, Boto3Error) as error:
        raise OSError(f"the bucket did not do it: {error}") from error
