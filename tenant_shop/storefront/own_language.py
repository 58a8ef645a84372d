"""Marking what the merchant wrote where a page is read in another language."""

from django.http import HttpRequest
from django.utils.safestring import SafeString

from tenant_shop.configuration.own_words import attributes

# Attributes that `LanguageMiddleware` gives a request. Read from there, what a page says of its words is one thing
# from its first line to its last, costs no statement, and is found in parts that are included with `only`.
PAGE, OWN = "language", "own_language"


def of_own_words(request: HttpRequest | None) -> SafeString:
    """` lang="…"` for words in the shop's own language, with ` dir="…"` where they run the other way than the page.

    Empty on a page in that language, and where a request has none.
    """
    return attributes(getattr(request, PAGE, ""), getattr(request, OWN, ""))
