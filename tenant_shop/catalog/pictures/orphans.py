"""Files in the folders of pictures that nothing refers to."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

from django.core.files.storage import default_storage
from django.utils import timezone

from platform_core.tenancy.context import current_tenant
from tenant_shop.catalog.pictures.columns import PictureFile
from tenant_shop.catalog.pictures.models import DiscardedPicture
from tenant_shop.catalog.pictures.own_addresses import addressed_files
from tenant_shop.catalog.pictures.receive import Purpose
from tenant_shop.catalog.pictures.recipe import rendition_names
from tenant_shop.catalog.pictures.rows import PICTURES
from tenant_shop.configuration.models import Setting

TOKEN = re.compile(r"[0-9a-f]{32}")
# An upload is kept before its row is written, and renditions before they are noted.
YOUNG = timedelta(hours=1)


def orphans() -> list[str]:
    """The names of the files that belong to no picture and are older than an hour.

    The files of products, categories and brands are named by rows, or by an address that was typed in. A logo's or an
    opening picture's are named in a theme or a setting, live, drafted or kept from earlier: there, the random part of
    the name says it all.
    """
    known = addressed_files()
    tables: tuple[type[PictureFile] | type[DiscardedPicture], ...] = (*PICTURES, DiscardedPicture)
    for model in tables:
        for filename, renditions in model._default_manager.values_list("filename", "renditions"):
            if filename is None:  # a reference
                continue
            known.add(filename)
            known.update(rendition_names(filename, renditions) if renditions else ())
    tokens, unknown = _tokens_in_use(), list[str]()
    for purpose in Purpose:
        for name in _files(purpose.value):
            is_known = name in known if purpose.has_rows else tokens & set(TOKEN.findall(name))
            unknown += [] if is_known else [name]
    newest = timezone.now() - YOUNG
    return [name for name in unknown if default_storage.get_modified_time(name) < newest]


def _tokens_in_use() -> set[str]:
    values = Setting.objects.values_list("value", flat=True)
    texts = [json.dumps(value) for value in (dict(current_tenant().theme), *values)]
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
