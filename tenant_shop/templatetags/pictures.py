"""Pictures in pages."""

from collections.abc import Mapping
from typing import Any

from django import template

from tenant_shop.storefront import pictures

register = template.Library()


@register.filter
def shown_in(image: Mapping[str, Any], place: str) -> pictures.Shown:
    """The sources and sizes of `image` in a place: `{% with shown=image|shown_in:"gallery" %}`."""
    return pictures.shown_in(image, place)
