"""Giving a product, a category or a brand a picture."""

from collections.abc import Iterable

from django.utils import timezone

from platform_core.tenancy.transactions import after_commit, shop_transaction
from tenant_shop.catalog.models import Brand, Category, ProductImage
from tenant_shop.catalog.pictures.columns import PictureFile
from tenant_shop.catalog.pictures.make import queue_renditions
from tenant_shop.catalog.pictures.models import CoverPicture
from tenant_shop.catalog.pictures.receive import StoredPicture
from tenant_shop.catalog.pictures.rows import filenames_in_use
from tenant_shop.catalog.pictures.storage import remove


def show_file(image: PictureFile, stored: StoredPicture) -> None:
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
        remove(names - filenames_in_use(names))


def show_reference(image: ProductImage) -> None:
    """Let `image`, whose `url` was changed to an address, forget the file that it showed."""
    image.filename = image.size_bytes = image.width = image.height = image.mime_type = None
    image.renditions = image.renditions_due_at = image.rendition_problem = None
    image.rendition_attempts = 0
    image.save()


def show_cover(owner: Category | Brand, stored: StoredPicture) -> CoverPicture:
    """Let `owner`, saved or new, show a stored picture as `show_file` does, and save it."""
    is_category = isinstance(owner, Category)
    setattr(owner, "image_url" if is_category else "logo_url", stored.url)
    own = {"category_id" if is_category else "brand_id": owner.pk}
    with shop_transaction():
        owner.save()
        cover = CoverPicture.objects.filter(**own).first() or CoverPicture(**own)
        show_file(cover, stored)
    return cover


def show_cover_reference(owner: Category | Brand) -> None:
    """Save `owner`, whose address of a picture was changed or emptied, and forget the file that it showed."""
    with shop_transaction():
        owner.save()
        CoverPicture.objects.filter(**{"category" if isinstance(owner, Category) else "brand": owner}).delete()
