"""Fetching pictures that were given by an address elsewhere: by a worker, from public places only, up to a size."""

import io
import logging
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from platform_core.plans.limits import PlanLimitReached
from platform_core.tenancy.tasks import TenantTask
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.models import Product, ProductImage
from tenant_shop.catalog.pictures.add import show_file
from tenant_shop.catalog.pictures.errors import PictureRefused
from tenant_shop.catalog.pictures.make import LONGEST_PROBLEM, MAX_ATTEMPTS, Made, lease, postpone
from tenant_shop.catalog.pictures.read import MEGABYTE, CleanPicture, read_picture
from tenant_shop.catalog.pictures.receive import Purpose, keep_picture
from tenant_shop.catalog.pictures.storage import remove
from tenant_shop.integrations.webhooks.transport import get

SECONDS = 30
# How many addresses one round of the recurring job takes.
BATCH = 100

logger = logging.getLogger(__name__)


class NotFetched(Exception):
    """The server did not give it."""


def fetch_picture(picture_id: UUID) -> Made:
    """Fetch the file of a picture that is only an address and due, and show it from the shop's own folder.

    What is no picture, too large, refused for good or beyond the plan's storage stays the address that it was, and its
    row says why; what may be there later is tried again as renditions are. Safe to run twice.
    """
    picture = lease(picture_id, is_reference=True)
    if not isinstance(picture, ProductImage):
        return Made.NOT_DUE
    found = get(picture.url, most_bytes=settings.PICTURE_MAX_MEGABYTES * MEGABYTE, timeout_seconds=SECONDS)
    if found.error and not found.is_final:
        postpone(picture, NotFetched(found.error))
        return Made.FAILED
    try:
        clean = None if found.error else read_picture(io.BytesIO(found.content))
        return _give_up(picture, found.error) if clean is None else _show(picture, clean)
    except (PictureRefused, PlanLimitReached) as refusal:
        return _give_up(picture, str(refusal))


def due_addresses() -> list[UUID]:
    """The pictures that wait to be fetched, the longest waiting first."""
    due = ProductImage.objects.filter(filename=None, renditions_due_at__lte=timezone.now())
    return list(due.order_by("renditions_due_at", "pk").values_list("pk", flat=True)[:BATCH])


def queue_fetch(picture_id: UUID) -> None:
    """Have a worker fetch it, once it is committed. When the broker is down the recurring job finds it."""
    try:
        fetch_picture_task.delay(str(picture_id))
    except OperationalError as error:
        logger.warning("the broker cannot be reached (%s); picture %s waits to be fetched", error, picture_id)


def _show(picture: ProductImage, clean: CleanPicture) -> Made:
    with shop_transaction():
        # It changes with its pictures, and whoever changes one has it first.
        list(Product.objects.filter(pk=picture.product_id).select_for_update(no_key=True).values("pk"))
        same = ProductImage.objects.filter(pk=picture.pk, filename=None, url=picture.url)
        current = same.select_for_update(no_key=True).first()
        if current is None:  # deleted, or another one meanwhile
            return Made.NOT_DUE
        stored = keep_picture(clean, purpose=Purpose.PRODUCT)
        try:
            show_file(current, stored)
        except BaseException:
            remove([stored.filename])
            raise
    return Made.DONE


def _give_up(picture: ProductImage, why: str) -> Made:
    logger.info("picture %s cannot be fetched: %s", picture.pk, why)
    same = ProductImage.objects.filter(pk=picture.pk, filename=None, url=picture.url)
    same.update(renditions_due_at=None, rendition_attempts=MAX_ATTEMPTS, rendition_problem=why[:LONGEST_PROBLEM])
    return Made.FAILED


@shared_task(base=TenantTask, name="pictures.fetch")  # type: ignore[untyped-decorator]
def fetch_picture_task(picture_id: str) -> None:
    fetch_picture(UUID(picture_id))
