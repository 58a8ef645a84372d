"""Merchants' texts in pages."""

from django import template
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe

from tenant_shop.catalog.html import is_html, safe_html

register = template.Library()


@register.filter
def rich_text(text: str | None) -> SafeString:
    """A description as HTML: cleaned when it has markup, else paragraphs by its line breaks.

    What was imported is clean already. It is cleaned again here, because a row may have come another way.
    """
    if not text:
        return mark_safe("")
    if is_html(text):
        return mark_safe(safe_html(text))  # noqa: S308 - cleaned one call earlier
    return mark_safe(linebreaks(text, autoescape=True))  # noqa: S308 - escaped
