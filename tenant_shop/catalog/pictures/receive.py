"""Taking in a picture."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import IO, Any

from django.core.files.storage import default_storage

from tenant_shop.catalog.pictures.encode import RenditionFiles, rendition_files
from tenant_shop.catalog.pictures.read import CleanPicture, read_picture
from tenant_shop.catalog.pictures.storage import check_storage, remove, write


class Purpose(StrEnum):
    """What a picture is for; the folder that it is kept in."""

    PRODUCT = "products"
    CATEGORY = "categories"
    BRAND = "brands"
    LOGO = "logo"
    FAVICON = "favicon"
    HERO = "hero"

    @property
    def has_rows(self) -> bool:
        """Whether each of its pictures has a row, in which a worker notes the renditions."""
        return self in (Purpose.PRODUCT, Purpose.CATEGORY, Purpose.BRAND)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPicture:
    """A picture in the shop's folder. `renditions` is what `sources` wants; None while they are still to be made."""

    filename: str
    url: str
    mime_type: str
    size_bytes: int
    width: int
    height: int
    renditions: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """For a column of JSON, such as the theme's."""
        return asdict(self)


def receive_picture(file: IO[bytes], *, purpose: Purpose) -> StoredPicture:
    """Check an upload, make it clean and keep it in the active shop's folder, under a name that nobody can guess.

    Where a picture has a row, a worker makes the renditions (`show_file`); all others are made here, at once: they are
    few, and there is no row to note them in. Their caller keeps `as_json()`, and hands the old one to
    `discard_picture` when it is replaced.
    Errors: PictureRefused with the reason, PlanLimitReached; nothing is stored then.
    """
    return keep_picture(read_picture(file), purpose=purpose)


def keep_picture(picture: CleanPicture, *, purpose: Purpose) -> StoredPicture:
    """Keep a picture that was read before, in the transaction that writes its row.

    Errors: PlanLimitReached, and nothing is stored then.
    """
    check_storage(len(picture.content), in_turn=True)
    token = secrets.token_hex(16)
    name = f"{purpose.value}/{token[:2]}/{token}{picture.suffix}"
    made = RenditionFiles() if purpose.has_rows else rendition_files(name, picture.content)
    try:
        write(name, picture.content)
        for rendition, content in made.files.items():
            write(rendition, content)
    except BaseException:
        remove([name, *made.files])
        raise
    return StoredPicture(
        filename=name,
        url=default_storage.url(name),
        mime_type=picture.mime_type,
        size_bytes=len(picture.content),
        width=picture.width,
        height=picture.height,
        renditions=made.column,
    )
