"""Making the renditions of an uploaded picture: one worker at a time for each, and none lost when a worker dies."""

import logging
from datetime import timedelta
from enum import Enum
from uuid import UUID

from celery import shared_task
from django.core.files.storage import default_storage
from django.db.models import F, QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from platform_core.tenancy.tasks import TenantTask
from tenant_shop.catalog.pictures.columns import PictureFile
from tenant_shop.catalog.pictures.encode import rendition_files
from tenant_shop.catalog.pictures.recipe import RECIPE, rendition_names
from tenant_shop.catalog.pictures.rows import PICTURES
from tenant_shop.catalog.pictures.storage import remove, write

LEASE = timedelta(minutes=10)
# After that many attempts nobody tries again until a person asks: the file may be one that kills workers.
MAX_ATTEMPTS = 5
GAVE_UP = "Workers died of it."
# How many pictures one round of the recurring job takes.
BATCH = 100
LONGEST_PROBLEM = 500

logger = logging.getLogger(__name__)


class Made(Enum):
    """What `make_renditions` did."""

    DONE = "made"
    FAILED = "failed"
    NOT_DUE = "not due"


def make_renditions(picture_id: UUID) -> Made:
    """Make the renditions of a picture that is due, and note them in its row.

    Not due is a picture that has them, that another worker is at, or that is only a reference. No transaction stays
    open meanwhile: a worker that dies lets go when its lease of ten minutes runs out, and the next one writes the same
    files. A failure is noted in the row; it is tried again after 2, 4, 8 and 16 minutes.
    """
    picture = lease(picture_id)
    if picture is None or picture.filename is None:
        return Made.NOT_DUE
    try:
        with default_storage.open(picture.filename) as file:
            made = rendition_files(picture.filename, file.read())
        for name, content in made.files.items():
            write(name, content)
    except Exception as error:  # storage and decoders fail in many ways; the row says how, and the job goes on
        logger.warning("the renditions of picture %s could not be made: %s", picture_id, error)
        postpone(picture, error)
        return Made.FAILED
    noted = (
        _rows(picture)
        .filter(pk=picture_id, filename=picture.filename)
        .update(renditions=made.column, renditions_due_at=None, rendition_attempts=0, rendition_problem=None)
    )
    if not noted:  # deleted or replaced meanwhile
        remove(made.files)
        return Made.NOT_DUE
    if picture.renditions and picture.renditions["recipe"] != RECIPE:
        remove(rendition_names(picture.filename, picture.renditions))
    return Made.DONE


def due_pictures(limit: int = BATCH) -> list[UUID]:
    """The pictures that wait for renditions, the longest waiting first."""
    now = timezone.now()
    waiting = [
        row
        for model in PICTURES
        for row in model._default_manager.filter(renditions_due_at__lte=now, filename__isnull=False)
        .order_by("renditions_due_at", "pk")
        .values_list("renditions_due_at", "pk")[:limit]
    ]
    return [picture_id for _, picture_id in sorted(waiting)[:limit]]


def make_due_again(*, also_made: bool) -> int:
    """Make every uploaded picture due now that has no renditions, or with `also_made` every one; how many.

    Those that a worker is at are left to it.
    """
    return sum(_make_due_again(model, also_made=also_made) for model in PICTURES)


def _make_due_again(model: type[PictureFile], *, also_made: bool) -> int:
    now = timezone.now()
    pictures = model._default_manager.filter(filename__isnull=False)
    pictures = pictures.exclude(renditions_due_at__gt=now, rendition_problem=None)
    if not also_made:
        pictures = pictures.filter(renditions=None)
    return pictures.update(renditions_due_at=now, rendition_attempts=0, rendition_problem=None)


def queue_renditions(picture_id: UUID) -> None:
    """Tell a worker of a picture that is due, once it is committed. When the broker is down the recurring job finds
    it."""
    try:
        make_renditions_task.delay(str(picture_id))
    except OperationalError as error:
        logger.warning("the broker cannot be reached (%s); picture %s waits for its renditions", error, picture_id)


def _rows(picture: PictureFile) -> QuerySet[PictureFile]:
    return type(picture)._default_manager.all()


def lease(picture_id: UUID, *, is_reference: bool = False) -> PictureFile | None:
    """The picture, for this worker alone for ten minutes, if it is due; a reference is due to be fetched."""
    found = (_leased(model, picture_id, is_reference=is_reference) for model in PICTURES)
    return next(filter(None, found), None)


def _leased(model: type[PictureFile], picture_id: UUID, *, is_reference: bool) -> PictureFile | None:
    now = timezone.now()
    due = model._default_manager.filter(pk=picture_id, renditions_due_at__lte=now, filename__isnull=is_reference)
    if due.filter(rendition_attempts__gte=MAX_ATTEMPTS).update(renditions_due_at=None, rendition_problem=GAVE_UP):
        logger.warning("picture %s was tried %d times; it is left alone", picture_id, MAX_ATTEMPTS)
        return None
    taken = due.update(
        renditions_due_at=now + LEASE, rendition_attempts=F("rendition_attempts") + 1, rendition_problem=None
    )
    return model._default_manager.filter(pk=picture_id).first() if taken else None


def postpone(picture: PictureFile, error: Exception) -> None:
    """Note why it failed, and try again after 2, 4, 8 and 16 minutes; after that nobody does until a person asks."""
    is_last = picture.rendition_attempts >= MAX_ATTEMPTS
    delay = timedelta(minutes=2**picture.rendition_attempts)
    _rows(picture).filter(pk=picture.pk, filename=picture.filename).update(
        renditions_due_at=None if is_last else timezone.now() + delay,
        rendition_problem=f"{type(error).__name__}: {error}"[:LONGEST_PROBLEM],
    )


@shared_task(base=TenantTask, name="pictures.make_renditions")  # type: ignore[untyped-decorator]
def make_renditions_task(picture_id: str) -> None:
    make_renditions(UUID(picture_id))
