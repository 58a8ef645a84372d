"""The places in a page for what belongs to one visitor."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from tenant_shop.storefront.personal import mark

register = template.Library()


@register.simple_tag
def personal(name: str) -> SafeString:
    """What a stranger sees in this place; filled in for a visitor who is known. `name` is a key of `PARTS`."""
    return mark_safe(mark(name))  # noqa: S308 - our own templates, which escape
