"""The pictures of looks: which are in use, and letting go of the others."""

from collections.abc import Mapping
from typing import Any

from tenant_shop.catalog.pictures.discard import discard_picture
from tenant_shop.configuration.design.read import Design, read_design

# Keys of a theme_config that hold a picture: a path, or what `receive_picture` returned.
PICTURES = ("logo", "favicon", "hero_picture", "story_picture", "banner_picture")


def discard_unused(before: Design, *, live: Mapping[str, Any]) -> None:
    """Let go of the uploads that neither the draft nor an earlier look names any more, nor the `live` one."""
    kept = _uploads(read_design()) | _of(live)
    for filename, stored in _uploads(before).items():
        if filename not in kept:
            discard_picture(stored)


def _uploads(design: Design) -> dict[str, Mapping[str, Any]]:
    found = _of(design.draft or {})
    for version in design.history:
        found |= _of(version.config)
    return found


def _of(config: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    stored = (config.get(key) for key in PICTURES)
    return {str(row["filename"]): row for row in stored if isinstance(row, dict) and row.get("filename")}
