"""Prices in pages: written in one go, because a list has one for each product and templates are slow."""

from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext

register = template.Library()


@register.simple_tag
def price(
    now: str, before: str | None = None, *, starts: bool = False, large: bool = False, own: bool = False
) -> SafeString:
    """The price `now` and the one `before` a reduction, as the shop writes amounts. `starts`: others cost more; `own`:
    it is the reader's price, and the one before is everybody's.
    """
    classes = "price" + (" price--on-sale" if before and not own else "") + (" price--large" if large else "")
    parts = []
    if starts:
        word = pgettext("before a price", "from")
        parts.append(f'<span class="price__from">{escape(word)}</span>')
    if before:
        now_word = pgettext("before a price", "Your price") if own else gettext("Sale price")
        before_word = pgettext("before a price", "Normal price") if own else pgettext("before a price", "Before")
        parts.append(f'<span class="price__now">{_aloud(now_word)}{escape(now)}</span>')
        parts.append(f'<s class="price__before">{_aloud(before_word)}{escape(before)}</s>')
    else:
        parts.append(f'<span class="price__now">{escape(now)}</span>')
    return mark_safe(f'<span class="{classes}">{" ".join(parts)}</span>')  # noqa: S308 - escaped


def _aloud(text: str) -> str:
    """For who hears the page."""
    return f'<span class="visually-hidden">{escape(text)} </span>'
