"""The shop's stylesheet: its look in one piece, then its own colours, font and corners as custom properties."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import brotli
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, get_conditional_response
from django.views.decorators.http import require_safe

from platform_core.tenancy.context import current_tenant
from smartseller.encodings import encoding_for
from tenant_shop.configuration.theme import Theme, parse_theme
from tenant_shop.storefront.bundle import bundle
from tenant_shop.storefront.languages import plain
from tenant_shop.storefront.preview import previewed_design

# Seconds. An address with the right version never changes its answer; without one, browsers ask again.
VERSIONED_MAX_AGE = 31_536_000


@require_safe
def stylesheet(request: HttpRequest) -> HttpResponse:
    """No statement: the theme comes with the tenant. Somebody who previews a draft gets the draft's."""
    draft = previewed_design(request)
    sheet = _rendered(parse_theme(current_tenant().theme if draft is None else draft))
    encoding = encoding_for(request.META.get("HTTP_ACCEPT_ENCODING", ""))
    response = HttpResponse(sheet.bodies.get(encoding) or sheet.text, content_type="text/css; charset=utf-8")
    if encoding:
        response["Content-Encoding"] = encoding
    response["Vary"] = "Accept-Encoding"
    if draft is not None:
        add_never_cache_headers(response)
        return response
    etag = f'W/"{sheet.version}"'
    response["ETag"] = etag
    if request.GET.get("v") == sheet.version:
        response["Cache-Control"] = f"public, max-age={VERSIONED_MAX_AGE}, immutable"
    else:
        response["Cache-Control"] = "public, no-cache"
    return get_conditional_response(request, etag=etag, response=response) or response


def theme_url(theme: Theme) -> str:
    """The stylesheet's address; it changes with the theme, so that browsers may keep it."""
    return f"{plain(reverse('storefront:theme'))}?v={_rendered(theme).version}"


@dataclass(frozen=True, slots=True)
class _Sheet:
    """`bodies` are compressed, by encoding: twice 20 KB a shop are worth keeping, 100 KB are not."""

    version: str
    bodies: Mapping[str, bytes]

    @property
    def text(self) -> bytes:
        return gzip.decompress(self.bodies["gzip"])


@lru_cache(maxsize=256)
def _rendered(theme: Theme) -> _Sheet:
    css = (bundle(theme.look) + render_to_string("storefront/theme.css", {"theme": theme})).encode()
    bodies = {"br": brotli.compress(css, mode=brotli.MODE_TEXT), "gzip": gzip.compress(css, mtime=0)}
    return _Sheet(hashlib.sha256(css).hexdigest()[:16], bodies)
