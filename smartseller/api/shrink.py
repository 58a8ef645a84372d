"""Answers made small, for whoever takes them so."""

from typing import Any

import brotli
from django.http import HttpRequest
from django.utils.cache import patch_vary_headers
from django.utils.text import compress_string

from smartseller.encodings import OFFERED, encoding_for

# Bytes. What is shorter fits into one packet anyway.
WORTH_IT = 860
# So that the length says nothing exact of what is in it (BREACH).
MOST_PADDING = 100
# A page of a list in a millisecond; the higher ones take five times as long for some per cent.
QUALITY = 4


def shrink(request: HttpRequest, response: Any) -> None:
    """Compress the answer in place. Its ETag stays what it is: it is about the row, and named again with If-Match.

    Whose length somebody could measure who has a browser ask again and again with another's session (BREACH) gets
    gzip, which can be padded. A key is sent by no browser of itself: who comes with one may have brotli, too.
    """
    if response.streaming or response.has_header("Content-Encoding"):
        return
    patch_vary_headers(response, ["Accept-Encoding"])
    if len(response.content) < WORTH_IT:
        return
    offered = OFFERED if "HTTP_AUTHORIZATION" in request.META else ("gzip",)
    encoding = encoding_for(request.headers.get("Accept-Encoding", ""), offered)
    if not encoding:
        return
    small = (
        brotli.compress(response.content, mode=brotli.MODE_TEXT, quality=QUALITY)
        if encoding == "br"
        else compress_string(response.content, max_random_bytes=MOST_PADDING)
    )
    if len(small) < len(response.content):
        response.content = small
        response["Content-Encoding"] = encoding
        response["Content-Length"] = str(len(small))
