"""An API's description: for programs at `openapi.json`, for people at `docs/`."""

import gzip
import json
from typing import Any, ClassVar

import brotli
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views import View
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings

from smartseller.encodings import encoding_for
from smartseller.headers import policy

# Of brotli, for half a megabyte that is made small once: the highest would take a second.
QUALITY = 9
# By URLconf and encoding.
_written: dict[tuple[str, str], bytes] = {}


class OpenApi(View):
    """OpenAPI 3.1. Nothing in it is secret. `about` is what this API says of itself unlike the settings."""

    urlconf: ClassVar[str]
    about: ClassVar[dict[str, Any]] = {}

    def get(self, request: HttpRequest) -> HttpResponse:
        encoding = encoding_for(request.headers.get("Accept-Encoding", ""))
        about = {"Cache-Control": "max-age=300", "Vary": "Accept-Encoding"}
        if encoding:
            about["Content-Encoding"] = encoding
        return HttpResponse(self.written(encoding), content_type="application/json", headers=about)

    @classmethod
    def description(cls) -> dict[str, Any]:
        """The document. Some hundred milliseconds."""
        generator: Any = SchemaGenerator
        with patched_settings(cls.about):
            found: dict[str, Any] = generator(urlconf=cls.urlconf).get_schema(request=None, public=True)
        return found

    @classmethod
    def written(cls, encoding: str) -> bytes:
        """The document's bytes, made once a process."""
        known = _written.get((cls.urlconf, encoding))
        if known is not None:
            return known
        match encoding:
            case "br":
                made = bytes(brotli.compress(cls.written(""), mode=brotli.MODE_TEXT, quality=QUALITY))
            case "gzip":
                made = gzip.compress(cls.written(""), mtime=0)
            case _:
                made = json.dumps(cls.description(), ensure_ascii=False).encode()
        _written[cls.urlconf, encoding] = made
        return made


class Documents(View):
    """The page that people read."""

    title: ClassVar[str]

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {"title": self.title, "openapi": reverse("api-v1:openapi")}
        response = render(request, "api/documents.html", context)
        response.headers["Content-Security-Policy"] = policy(documents=True)
        return response
