"""The shop's folder of pictures: keeping files, replacing them, and what the merchant's plan allows."""

from collections.abc import Iterable, Mapping
from functools import cache
from math import ceil
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import BigIntegerField, F, Func, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from platform_core.plans.limits import Limited, check_room
from platform_core.tenancy.connections import shop_connection
from tenant_shop.catalog.pictures.recipe import rendition_names
from tenant_shop.catalog.pictures.rows import PICTURES
from tenant_shop.configuration.plan import plan_limits

GIGABYTE = 1024**3
# The name of the turn, among the advisory locks of the shop's own database.
TURN = "keep pictures"


def write(name: str, content: bytes) -> None:
    """Keep `content` under exactly this name; what a worker that was killed left there is replaced."""
    default_storage.delete(name)
    kept_as = default_storage.save(name, ContentFile(content))
    if kept_as != name:
        default_storage.delete(kept_as)
        raise FileExistsError(f"{name} came back while it was being replaced")


def remove(names: Iterable[str]) -> None:
    """Delete files; one that is not there is no fault. Errors: OSError when the storage refuses."""
    for name in names:
        default_storage.delete(name)


def remove_files(pictures: Iterable[Mapping[str, Any]]) -> None:
    """Delete pictures that have no row, each as `StoredPicture.as_json()`, with their renditions.

    Errors: OSError when the storage refuses.
    """
    for picture in pictures:
        renditions = picture.get("renditions")
        remove([picture["filename"], *(rendition_names(picture["filename"], renditions) if renditions else ())])


def check_storage(adding_bytes: int, *, in_turn: bool = False) -> None:
    """Ask whether the merchant's plan has room for `adding_bytes` more. Errors: PlanLimitReached.

    `in_turn`: until the caller's transaction ends nobody else who asks in turn is answered, so that two uploads cannot
    both take the last room.
    """
    if not adding_bytes:
        return
    limits = plan_limits()
    if limits.of(Limited.FILE_STORAGE_GB) is None:
        return
    if in_turn:
        with shop_connection().cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [TURN])
    check_room(limits, Limited.FILE_STORAGE_GB, used=ceil((stored_bytes() + adding_bytes) / GIGABYTE), adding=0)


def stored_bytes() -> int:
    """What the pictures that have a row, and their renditions, take up. One SELECT."""
    question, parameters = _totals()
    with shop_connection().cursor() as cursor:
        cursor.execute(question, parameters)
        return sum(total or 0 for total in cursor.fetchone())


@cache
def _totals() -> tuple[str, list[Any]]:
    """Built once: every shop is asked every night."""
    asked = [rows.query.sql_with_params() for rows in stored_sums()]
    question = "SELECT " + ", ".join(f"({one})" for one, _ in asked)
    return question, [value for _, values in asked for value in values]


def stored_sums() -> list[QuerySet[Any, Any]]:
    """For each table of pictures one value: what those that have a row, and their renditions, take up; None of none."""
    made = Cast(KT("renditions__bytes"), BigIntegerField())
    # A plain function, not an aggregate: no GROUP BY, so the question can stand among others.
    total = Func(Coalesce(F("size_bytes"), 0) + Coalesce(made, 0), function="SUM", output_field=BigIntegerField())
    return [
        model._default_manager.filter(filename__isnull=False)
        .order_by()
        .annotate(total=total)
        .values_list("total", flat=True)
        for model in PICTURES
    ]
