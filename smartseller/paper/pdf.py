"""Sheets as one PDF."""

import json
import logging
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import typst
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.utils import translation

from smartseller.paper.sheet import Sheet, data_of

logger = logging.getLogger(__name__)

HERE = Path(__file__).parent
TEMPLATE = "sheet.typ"
# What typst draws; anything else, and what lies elsewhere, is left out: the shop's name stands there instead.
DRAWN = frozenset({".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"})
MEDIA = "/media/"
LARGEST_LOGO = 5_000_000


def pdf_of(sheets: Sequence[Sheet]) -> bytes:
    """One PDF of `sheets`, each on pages of its own, each in its own language.

    Everything that people wrote is handed over as data; the template reads no file but its own and the logo, and
    nothing from the network.
    """
    with TemporaryDirectory(prefix="documents-") as folder:
        logos = {
            url: _copy_logo(url, Path(folder), number) for number, url in enumerate({each.logo for each in sheets})
        }
        try:
            return _compile(sheets, logos, Path(folder))
        except typst.TypstError as error:
            if not any(logos.values()):
                raise
            # A picture that browsers show may still be broken. A document without it is better than none.
            logger.warning("documents are printed without a logo: %s", error.message)
            return _compile(sheets, {}, Path(folder))


def _compile(sheets: Sequence[Sheet], logos: Mapping[str, str], folder: Path) -> bytes:
    """`logos` are names of files in `folder`, beyond which typst sees none."""
    told = []
    for sheet in sheets:
        with translation.override(sheet.language):
            told.append(data_of(sheet, logo=logos.get(sheet.logo, "")))
    data = {"title": sheets[0].title if len(sheets) == 1 else sheets[0].shop, "author": sheets[0].shop, "sheets": told}
    compiled: Any = typst.compile(  # type: ignore[call-overload]
        _template(),
        root=folder,
        format="pdf",
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return bytes(compiled)


@cache
def _template() -> bytes:
    return (HERE / TEMPLATE).read_bytes()


@cache
def _fonts() -> typst.Fonts:
    """Typst's own, and for scripts that they lack whatever the machine has; looked up once."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)


def _copy_logo(url: str, folder: Path, number: int) -> str:
    """The name under which a picture among the shop's own files is in `folder` now; "" if it cannot be drawn."""
    suffix = PurePosixPath(url).suffix.lower()
    if not url.startswith(MEDIA) or suffix not in DRAWN:
        return ""
    try:
        with default_storage.open(url.removeprefix(MEDIA)) as file:
            content = file.read(LARGEST_LOGO + 1)
    except (OSError, ValueError, SuspiciousFileOperation) as error:
        logger.warning("the logo %s is not there: %s", url, error)
        return ""
    if len(content) > LARGEST_LOGO:
        return ""
    name = f"logo-{number}{suffix}"
    (folder / name).write_bytes(content)
    return name
