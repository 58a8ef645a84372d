"""Writing XML piece by piece, so that a long document needs no memory."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from xml.sax.saxutils import escape

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from tenant_shop.catalog.version import stored_version
from tenant_shop.storefront.shared.address import shop_digest
from tenant_shop.storefront.shared.release import release

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
# Seconds. After that, whoever has a copy asks whether anything has changed.
MAX_AGE = 3600
# What XML 1.0 has no way to write (https://www.w3.org/TR/xml/#charsets); merchants' texts may hold it.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(value: str) -> str:
    """`value` as the text of an element."""
    return escape(UNWRITABLE.sub("", value))


def element(name: str, value: str) -> str:
    """An element of text; nothing without one."""
    return f"<{name}>{text(value)}</{name}>" if value else ""


def document(
    request: HttpRequest, *, name: str, write: Callable[[], Iterable[str]], content_type: str = "application/xml"
) -> HttpResponseBase:
    """The document that `write` gives piece by piece; 304 without writing when nothing in the shop has changed.

    `name` tells the shop's documents apart. Costs one statement more than its pieces.
    """
    made_of = f"{name} {shop_digest()} {release()} {stored_version()}"
    etag = f'"{hashlib.blake2b(made_of.encode(), digest_size=12).hexdigest()}"'
    unchanged = get_conditional_response(request, etag=etag)
    response: HttpResponseBase = unchanged or StreamingHttpResponse(
        _pieces(write), content_type=f"{content_type}; charset=utf-8"
    )
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={MAX_AGE}"
    return response


def _pieces(write: Callable[[], Iterable[str]]) -> Iterator[str]:
    yield DECLARATION
    yield from write()
