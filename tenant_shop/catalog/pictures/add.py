"""Giving a product a picture."""

from collections.abc import Iterable

from django.utils import timezone

from platform_core.tenancy.transactions import after_commit, shop_transaction
from tenant_shop.catalog.models import ProductImage
from tenant_shop.catalog.pictures.make import queue_renditions
from tenant_shop.catalog.pictures.receive import StoredPicture
from tenant_shop.catalog.pictures.storage import remove


def show_file(image: ProductImage, stored: StoredPicture) -> None:
    """Let `image`, saved or new, show a stored picture, and have its renditions made after the commit.

    Until they are there the picture itself is shown. The files that it showed before are discarded.
    """
    image.url = stored.url
    image.filename = stored.filename
    image.size_bytes = stored.size_bytes
    image.width, image.height = stored.width, stored.height
    image.mime_type = stored.mime_type
    image.renditions = None
    image.renditions_due_at = timezone.now()
    image.rendition_attempts, image.rendition_problem = 0, None
    with shop_transaction():
        image.save()
        after_commit(queue_renditions, image.pk)


def remove_unsaved(filenames: Iterable[str]) -> None:
    """Delete those of the stored files that no row names: the transaction that was to write it was rolled back."""
    names = set(filenames)
    if names:
        remove(names - set(ProductImage.objects.filter(filename__in=names).values_list("filename", flat=True)))


def show_reference(image: ProductImage) -> None:
    """Let `image`, whose `url` was changed to an address, forget the file that it showed."""
    image.filename = image.size_bytes = image.width = image.height = image.mime_type = None
    image.renditions = image.renditions_due_at = image.rendition_problem = None
    image.rendition_attempts = 0
    image.save()
