"""A product's pictures: giving it one, from a file or from an address elsewhere, changing one, taking one away."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from platform_core.tenancy.transactions import after_commit, shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.catalog.models import Product, ProductImage
from tenant_shop.catalog.pictures.add import show_file
from tenant_shop.catalog.pictures.discard import queue_upkeep
from tenant_shop.catalog.pictures.fetch import queue_fetch
from tenant_shop.catalog.pictures.read import CleanPicture
from tenant_shop.catalog.pictures.receive import Purpose, keep_picture
from tenant_shop.catalog.pictures.storage import remove
from tenant_shop.integrations.webhooks.targets import check_url

MOST_PICTURES = 250


class TooManyPictures(RuleViolation):
    """A product with all the pictures that it may have."""

    code = "too_many_pictures"

    def __init__(self) -> None:
        super().__init__(f"A product has at most {MOST_PICTURES} pictures.")


def next_picture(product: Product) -> ProductImage:
    """A picture behind those that the product, locked, has, not saved; the first one stands for the product.

    Errors: TooManyPictures.
    """
    places = list(ProductImage.objects.filter(product=product).values_list("sort_order", flat=True))
    if len(places) >= MOST_PICTURES:
        raise TooManyPictures
    last = max(places, default=-1)
    return ProductImage(product=product, alt_text=product.name[:255], sort_order=last + 1, is_primary=not places)


def add_file(product: Product, picture: CleanPicture, values: Mapping[str, Any]) -> ProductImage:
    """Give a locked product a picture that was read; `values` are its other columns.

    Errors: PlanLimitReached, TooManyPictures; nothing is stored then.
    """
    with shop_transaction():
        image = _written(next_picture(product), values)
        stored = keep_picture(picture, purpose=Purpose.PRODUCT)
        try:
            show_file(image, stored)
            _stand_alone(image)
        except BaseException:
            remove([stored.filename])
            raise
    return image


def add_address(product: Product, url: str, values: Mapping[str, Any]) -> ProductImage:
    """Give a locked product the picture at `url`: a worker fetches it, and until then pages show it from there.

    Errors: UrlRefused, TooManyPictures; nothing is added then.
    """
    check_url(url)
    with shop_transaction():
        image = _written(next_picture(product), values)
        image.url, image.renditions_due_at = url, timezone.now()
        image.save()
        _stand_alone(image)
        after_commit(queue_fetch, image.pk)
    return image


def change_picture(image: ProductImage, values: Mapping[str, Any]) -> None:
    """Write `alt_text`, `sort_order` or `is_primary` of a picture whose product is locked."""
    with shop_transaction():
        _written(image, values).save(update_fields=list(values))
        _stand_alone(image)


def remove_picture(image: ProductImage) -> None:
    """Take the picture away; its files go after the commit."""
    with shop_transaction():
        image.delete()
        after_commit(queue_upkeep)


def _written(image: ProductImage, values: Mapping[str, Any]) -> ProductImage:
    for name, value in values.items():
        setattr(image, name, value)
    return image


def _stand_alone(image: ProductImage) -> None:
    """Of the pictures that stand for a product the last chosen one does."""
    if image.is_primary:
        others = ProductImage.objects.filter(product=image.product_id, is_primary=True)
        others.exclude(pk=image.pk).update(is_primary=False)
