"""A shared page: its text, what it was made from, and the answers made of it."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from dataclasses import dataclass
from typing import Any

import brotli
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

from smartseller.encodings import encoding_for

# For a page that is kept: the work of level 9 buys 3 % over level 6, which is done in half a millisecond. For a page
# that is made for one visitor: a tenth of that work makes it a third larger.
LEVEL, QUICK_LEVEL = 6, 1
# Bytes. Larger pages are shown, but not kept.
LARGEST_TEXT = 1_000_000
LARGEST_BODY = 100_000
# Of brotli: as quick as gzip's lowest level, and a fifth smaller.
QUICK_QUALITY = 3
# Told anew with each answer.
OWN_HEADERS = frozenset({"content-encoding", "content-length", "etag", "vary"})


@dataclass(frozen=True)
class Page:
    """`version` is the catalogue's before the page was read, `body` the compressed text as strangers get it; it may be
    shown before `until`, milliseconds since 1970.

    Browsers keep a page but ask each time whether it is still the one (`no-cache`); nobody else may keep it
    (`private`), for the next visitor may have a cart.
    """

    digest: str
    version: int
    until: int
    language: str
    headers: tuple[tuple[str, str], ...]
    etag: str
    body: bytes

    @classmethod
    def of(cls, response: HttpResponse, *, digest: str, version: int, until: int, language: str) -> Page | None:
        """The page that `response`, made for a stranger, is; None when it is too large to be kept."""
        text = response.content
        body = gzip.compress(text, LEVEL, mtime=0) if len(text) <= LARGEST_TEXT else b""
        if not 0 < len(body) <= LARGEST_BODY:
            return None
        headers = tuple((name, value) for name, value in response.items() if name.lower() not in OWN_HEADERS)
        etag = f'W/"{hashlib.blake2b(text, digest_size=12).hexdigest()}"'
        return cls(digest, version, until, language, headers, etag, body)

    @classmethod
    def decode(cls, stored: bytes) -> Page | None:
        """What `encode` wrote; None for anything else."""
        head, _, body = stored.partition(b"\n")
        try:
            digest, version, until, language, headers, etag = json.loads(head)
            return cls(digest, version, until, language, tuple((name, value) for name, value in headers), etag, body)
        except (ValueError, TypeError):
            return None

    def encode(self) -> bytes:
        head: list[Any] = [self.digest, self.version, self.until, self.language, self.headers, self.etag]
        return json.dumps(head, ensure_ascii=True, separators=(",", ":")).encode() + b"\n" + self.body

    @property
    def text(self) -> str:
        return zlib.decompress(self.body, zlib.MAX_WBITS | 16).decode()

    def for_stranger(self, request: HttpRequest) -> HttpResponse:
        """The answer to a visitor of whom nothing is known: 304 when the browser has it."""
        compressed = bool(encoding_for(request.META.get("HTTP_ACCEPT_ENCODING", ""), ("gzip",)))
        response = HttpResponse(self.body if compressed else self.text)
        self._head(response)
        if compressed:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.content))
        response.headers["ETag"] = self.etag
        response.headers["Vary"] = "Accept-Encoding, Cookie"
        if "HTTP_IF_NONE_MATCH" not in request.META:
            return response
        return get_conditional_response(request, etag=self.etag, response=response) or response

    def with_text(self, text: str) -> HttpResponse:
        """The answer to a visitor whose own parts are filled into `text`."""
        response = HttpResponse(text)
        self._head(response)
        patch_vary_headers(response, ["Cookie"])
        return response

    def _head(self, response: HttpResponse) -> None:
        for name, value in self.headers:
            response.headers[name] = value


def compress(request: HttpRequest, response: HttpResponse) -> None:
    """Compress the text of a page in place, for a client that takes it so.

    Not for pages with a secret in them, such as a form's token: its length would tell of it (the BREACH attack).
    """
    patch_vary_headers(response, ["Accept-Encoding"])
    match encoding_for(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        case "br":
            small = brotli.compress(response.content, mode=brotli.MODE_TEXT, quality=QUICK_QUALITY)
        case "gzip":
            small = gzip.compress(response.content, QUICK_LEVEL, mtime=0)
        case _:
            return
    response.content = small
    response.headers["Content-Encoding"] = encoding_for(request.META["HTTP_ACCEPT_ENCODING"])
    response.headers["Content-Length"] = str(len(small))
