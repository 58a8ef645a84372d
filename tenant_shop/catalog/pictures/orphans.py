"""Files in the folders of pictures that nothing refers to."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

from django.core.files.storage import default_storage
from django.utils import timezone

from platform_core.tenancy.context import current_tenant
from tenant_shop.catalog.models import ProductImage
from tenant_shop.catalog.pictures.models import DiscardedPicture
from tenant_shop.catalog.pictures.receive import Purpose
from tenant_shop.catalog.pictures.recipe import rendition_names
from tenant_shop.configuration.models import Setting

TOKEN = re.compile(r"[0-9a-f]{32}")
# An upload is kept before its row is written, and renditions before they are noted.
YOUNG = timedelta(hours=1)


def orphans() -> list[str]:
    """The names of the files that belong to no picture and are older than an hour.

    A product's files are named by its row. A logo's or an opening picture's are named in a theme or a setting, live,
    drafted or kept from earlier: there, the random part of the name says it all.
    """
    known: set[str] = set()
    for model in (ProductImage, DiscardedPicture):
        for filename, renditions in model.objects.values_list("filename", "renditions"):
            if filename is None:  # a reference
                continue
            known.add(filename)
            known.update(rendition_names(filename, renditions) if renditions else ())
    unknown = [name for name in _files(Purpose.PRODUCT.value) if name not in known]
    tokens = _tokens_in_use()
    for purpose in (Purpose.LOGO, Purpose.FAVICON, Purpose.HERO):
        unknown += [name for name in _files(purpose.value) if not tokens & set(TOKEN.findall(name))]
    newest = timezone.now() - YOUNG
    return [name for name in unknown if default_storage.get_modified_time(name) < newest]


def _tokens_in_use() -> set[str]:
    settings = Setting.objects.values_list("value", flat=True)
    texts = [json.dumps(value) for value in (dict(current_tenant().theme), *settings)]
    texts += DiscardedPicture.objects.values_list("filename", flat=True)
    return {token for text in texts for token in TOKEN.findall(text)}


def _files(folder: str) -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in sorted(files))
    for name in sorted(folders):
        yield from _files(f"{folder}/{name}")
