"""Marking what the merchant wrote where it stands among words of another language (WCAG 3.1.2, Language of Parts)."""

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info

from tenant_shop.configuration.languages import base_of


@lru_cache(maxsize=256)
def attributes(page: str, words: str) -> SafeString:
    """What an element says of `words` on a `page`, or in a mail; both BCP 47.

    ` lang="…"`, with ` dir="…"` where they run the other way; empty where both are one language, or one is not known.
    """
    if page == words or not (page and words):
        return mark_safe("")
    direction = _direction(words)
    if direction == _direction(page):
        return format_html(' lang="{}"', words)
    return format_html(' lang="{}" dir="{}"', words, direction)


def _direction(language: str) -> str:
    return "rtl" if get_language_info(base_of(language))["bidi"] else "ltr"
