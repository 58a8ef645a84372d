"""Removing the files of pictures that are gone."""

import logging
import time
from collections.abc import Mapping
from typing import Any

from celery import shared_task
from kombu.exceptions import OperationalError

from platform_core.tenancy.tasks import TenantTask
from platform_core.tenancy.transactions import after_commit, shop_transaction
from tenant_shop.catalog.pictures.fetch import due_addresses, queue_fetch
from tenant_shop.catalog.pictures.make import due_pictures, make_renditions
from tenant_shop.catalog.pictures.models import DiscardedPicture
from tenant_shop.catalog.pictures.own_addresses import not_shown_by_address
from tenant_shop.catalog.pictures.recipe import FORMATS, RECIPE, WIDTHS, rendition_names
from tenant_shop.catalog.pictures.rows import filenames_in_use
from tenant_shop.catalog.pictures.storage import remove

BATCH = 500
ROUND_SECONDS = 60

logger = logging.getLogger(__name__)


def discard_picture(stored: Mapping[str, Any]) -> None:
    """Let go of a picture that has no row of its own (`StoredPicture.as_json()`): its files go after the commit."""
    if stored.get("filename"):
        DiscardedPicture.objects.create(filename=stored["filename"], renditions=stored.get("renditions"))
        after_commit(queue_upkeep)


def remove_discarded() -> int:
    """Delete the files of at most 500 discarded pictures, and return how many pictures are gone for good.

    A file that another row still names stays. One that is shown somewhere by its address waits until it no longer is.
    One that the storage refuses to delete is logged and tried again.
    """
    with shop_transaction():
        unseen = not_shown_by_address(DiscardedPicture.objects.all())
        discarded = list(unseen.select_for_update(skip_locked=True, of=("self",))[:BATCH])
        names = [picture.filename for picture in discarded]
        in_use = filenames_in_use(names)
        gone = [picture for picture in discarded if picture.filename in in_use or _remove(picture)]
        DiscardedPicture.objects.filter(pk__in=[picture.pk for picture in gone]).delete()
    return len(gone)


def upkeep(*, seconds: float = ROUND_SECONDS) -> None:
    """The recurring job: files that are discarded, addresses that wait to be fetched, renditions that are due.

    It stops after so many seconds, at the earliest after one picture, so that mails and other work get their turn; the
    next round goes on.
    """
    remove_discarded()
    for picture_id in due_addresses():  # others' servers are waited for elsewhere
        queue_fetch(picture_id)
    end = time.monotonic() + seconds
    for picture_id in due_pictures():
        make_renditions(picture_id)
        if time.monotonic() >= end:
            break


def queue_upkeep() -> None:
    """Have the files of what was just deleted removed soon. When the broker is down the recurring job does it."""
    try:
        upkeep_task.delay()
    except OperationalError as error:
        logger.warning("the broker cannot be reached (%s); discarded pictures wait", error)


def _remove(picture: DiscardedPicture) -> bool:
    # A worker that was killed may have written files that no row names yet.
    current = {"recipe": RECIPE, "widths": WIDTHS, "formats": [form.name for form in FORMATS]}
    renditions = [current, *([picture.renditions] if picture.renditions else [])]
    try:
        remove([picture.filename, *(name for made in renditions for name in rendition_names(picture.filename, made))])
    except OSError:
        logger.exception("the files of %s cannot be deleted", picture.filename)
        return False
    return True


@shared_task(base=TenantTask, name="pictures.upkeep")  # type: ignore[untyped-decorator]
def upkeep_task() -> None:
    upkeep()
