"""Marking what the merchant wrote where a page is read in another language (WCAG 3.1.2, Language of Parts)."""

from functools import lru_cache

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info

from tenant_shop.configuration.languages import base_of

# Attributes that `LanguageMiddleware` gives a request. Read from there, what a page says of its words is one thing
# from its first line to its last, costs no statement, and is found in parts that are included with `only`.
PAGE, OWN = "language", "own_language"


def of_own_words(request: HttpRequest | None) -> SafeString:
    """` lang="…"` for words in the shop's own language, with ` dir="…"` where they run the other way than the page.

    Empty on a page in that language, and where a request has none.
    """
    return attributes(getattr(request, PAGE, ""), getattr(request, OWN, ""))


@lru_cache(maxsize=256)
def attributes(page: str, words: str) -> SafeString:
    """What an element says of `words` on a `page`; both BCP 47."""
    if page == words or not (page and words):
        return mark_safe("")
    direction = _direction(words)
    if direction == _direction(page):
        return format_html(' lang="{}"', words)
    return format_html(' lang="{}" dir="{}"', words, direction)


def _direction(language: str) -> str:
    return "rtl" if get_language_info(base_of(language))["bidi"] else "ltr"
