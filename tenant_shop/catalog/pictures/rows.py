"""The tables whose rows are pictures."""

from collections.abc import Collection

from tenant_shop.catalog.models import ProductImage
from tenant_shop.catalog.pictures.columns import PictureFile
from tenant_shop.catalog.pictures.models import CoverPicture

PICTURES: tuple[type[PictureFile], ...] = (ProductImage, CoverPicture)


def filenames_in_use(names: Collection[str]) -> set[str]:
    """Those of `names` that a row names. One SELECT for each table."""
    return {
        str(filename)
        for model in PICTURES
        for filename in model._default_manager.filter(filename__in=names).values_list("filename", flat=True)
    }
