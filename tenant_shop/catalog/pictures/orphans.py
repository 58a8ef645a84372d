"""Files in the folder of product pictures that no row knows."""

from collections.abc import Iterator
from datetime import timedelta

from django.core.files.storage import default_storage
from django.utils import timezone

from tenant_shop.catalog.models import ProductImage
from tenant_shop.catalog.pictures.models import DiscardedPicture
from tenant_shop.catalog.pictures.receive import Purpose
from tenant_shop.catalog.pictures.recipe import rendition_names

# An upload is kept before its row is written, and renditions before they are noted.
YOUNG = timedelta(hours=1)


def orphans() -> list[str]:
    """The names of the files that belong to no picture and are older than an hour."""
    known: set[str] = set()
    for model in (ProductImage, DiscardedPicture):
        for filename, renditions in model.objects.values_list("filename", "renditions"):
            if filename is None:  # a reference
                continue
            known.add(filename)
            known.update(rendition_names(filename, renditions) if renditions else ())
    unknown = (name for name in _files(Purpose.PRODUCT.value) if name not in known)
    newest = timezone.now() - YOUNG
    return [name for name in unknown if default_storage.get_modified_time(name) < newest]


def _files(folder: str) -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in sorted(files))
    for name in sorted(folders):
        yield from _files(f"{folder}/{name}")
