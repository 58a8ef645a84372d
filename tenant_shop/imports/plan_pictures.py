"""What becomes of one product's pictures, which a file names by their addresses."""

from collections.abc import Iterable
from typing import Any

from tenant_shop.catalog.models import Product, ProductImage
from tenant_shop.imports.changes import Changes
from tenant_shop.imports.drafts import ImageDraft


class PicturePlan:
    """The pictures that a product has and will have, in objects that are not saved.

    `new` are those to be made; `unshown` the addresses that pages do not load, because they are not fetched over https.
    """

    def __init__(self, product: Product, known: Iterable[ProductImage], changes: Changes) -> None:
        self.new: list[ProductImage] = []
        self.unshown: set[str] = set()
        self._product, self._changes = product, changes
        self._decided: set[str] = set()
        self._by_address: dict[str, ProductImage] = {}
        for image in known:
            self._by_address.setdefault(image.url, image)

    def apply(self, wanted: ImageDraft) -> tuple[bool, bool]:
        """Let the product have a picture: whether that is a new one, and whether anything changes by it.

        The first row that names an address decides.
        """
        image, added = self._picture(wanted)
        if added or wanted.url in self._decided:
            changed = added
        else:
            values: dict[str, Any] = {}
            if wanted.alt_text is not None:
                values["alt_text"] = wanted.alt_text or None
            if wanted.position is not None:
                values["sort_order"] = wanted.position
            changed = self._changes.give(image, values)
        self._decided.add(wanted.url)
        return added, changed

    def named(self, url: str) -> tuple[ProductImage, bool]:
        """The picture at this address, and whether it had to be added."""
        return self._picture(ImageDraft(url))

    def choose_primary(self) -> None:
        """The first picture stands for the product, where new ones came and none does yet."""
        images = self._by_address.values()
        if self.new and not any(image.is_primary for image in images):
            self._changes.give(min(images, key=lambda image: image.sort_order), {"is_primary": True})

    def _picture(self, wanted: ImageDraft) -> tuple[ProductImage, bool]:
        if not wanted.url.startswith("https://"):
            self.unshown.add(wanted.url)
        known = self._by_address.get(wanted.url)
        if known is not None:
            return known, False
        last = max((image.sort_order for image in self._by_address.values()), default=0)
        image = ProductImage(
            product_id=self._product.pk,
            url=wanted.url,
            alt_text=wanted.alt_text or None,
            sort_order=last + 1 if wanted.position is None else wanted.position,
        )
        self._by_address[wanted.url] = image
        self.new.append(image)
        return image, True
