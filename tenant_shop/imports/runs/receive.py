"""Taking a file in from a browser: a piece at a time, into storage, never into memory."""

import re
from decimal import Decimal
from pathlib import PurePath
from typing import ClassVar

from django.core.files.base import File
from django.core.files.storage import default_storage

from platform_core.plans.limits import Limited
from platform_core.tenancy.transactions import after_commit, shop_transaction
from smartseller.errors import RuleViolation
from smartseller.ids import uuid7
from tenant_shop.configuration.plan import plan_limits
from tenant_shop.imports.runs.carry_out import queue_run
from tenant_shop.imports.runs.models import ImportRun

# The storefront hands out what is in a shop's storage, but for what is in here.
PRIVATE = "private"
GB = 1_000_000_000
MOST_BYTES = GB
# Of the storage that the plan includes.
SHARE = Decimal("0.02")
LONGEST_NAME = 100


class FileTooLarge(RuleViolation):
    """More than the plan lets one send at once; nothing of it was kept."""

    code = "file_too_large"
    status: ClassVar[int] = 413

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"The file is larger than the {most // 1_000_000} MB that your plan takes. Send it in parts.")


def most_bytes() -> int:
    """How large a file may be: a fiftieth of the storage that the plan includes, at most 1 GB. One SELECT."""
    storage = plan_limits().of(Limited.FILE_STORAGE_GB)
    return MOST_BYTES if storage is None else min(MOST_BYTES, int(storage * GB * SHARE))


def receive_file(file: File, *, kind: ImportRun.Kind, name: str, actor: str) -> ImportRun:  # type: ignore[type-arg]
    """Keep the file and have a worker look at it. `name` is the sender's word for it, `actor` a user's id."""
    run = ImportRun(id=uuid7(), kind=kind, name=plain_name(name), size_bytes=file.size, actor=actor)
    run.file = default_storage.save(f"{PRIVATE}/imports/{run.pk.hex}/{run.name}", file)
    with shop_transaction():
        run.save(force_insert=True)
        after_commit(queue_run, run.pk)
    return run


def plain_name(name: str) -> str:
    """The last part of the file's name, in letters that every storage takes."""
    words = re.sub(r"[^A-Za-z0-9._-]+", "-", PurePath(name.replace("\\", "/")).name).strip(".-")
    return words[-LONGEST_NAME:].lstrip(".-") or "file.csv"
