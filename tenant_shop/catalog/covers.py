"""The picture of a category or a brand: its address, and what is known of an upload."""

from collections.abc import Mapping
from typing import Any

from django.db.models.functions import JSONObject


def cover_facts() -> JSONObject:
    """The columns of a category's or a brand's upload, as one document; without one, all of them null."""
    return JSONObject(url="cover__url", width="cover__width", height="cover__height", renditions="cover__renditions")


def cover(address: str | None, uploaded: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What `summary.picture_of` reads. `address` decides: an upload that it does not name is not shown."""
    if not address:
        return None
    return uploaded if uploaded["url"] == address else {"url": address}
