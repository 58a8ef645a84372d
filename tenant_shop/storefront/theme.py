"""The shop's own stylesheet: its colours, font and corners as custom properties."""

import hashlib
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, get_conditional_response
from django.views.decorators.http import require_safe

from platform_core.tenancy.context import current_tenant
from tenant_shop.configuration.theme import Theme, parse_theme
from tenant_shop.storefront.languages import plain
from tenant_shop.storefront.preview import previewed_design

# Seconds. An address with the right version never changes its answer; without one, browsers ask again.
VERSIONED_MAX_AGE = 31_536_000


@require_safe
def stylesheet(request: HttpRequest) -> HttpResponse:
    """No statement: the theme comes with the tenant. Somebody who previews a draft gets the draft's."""
    draft = previewed_design(request)
    css, version = _rendered(parse_theme(current_tenant().theme if draft is None else draft))
    if draft is not None:
        response = HttpResponse(css, content_type="text/css; charset=utf-8")
        add_never_cache_headers(response)
        return response
    etag = f'"{version}"'
    response = HttpResponse(css, content_type="text/css; charset=utf-8")
    response["ETag"] = etag
    if request.GET.get("v") == version:
        response["Cache-Control"] = f"public, max-age={VERSIONED_MAX_AGE}, immutable"
    else:
        response["Cache-Control"] = "public, no-cache"
    return get_conditional_response(request, etag=etag, response=response) or response


def theme_url(theme: Theme) -> str:
    """The stylesheet's address; it changes with the theme, so that browsers may keep it."""
    return f"{plain(reverse('storefront:theme'))}?v={_rendered(theme)[1]}"


@lru_cache(maxsize=1024)
def _rendered(theme: Theme) -> tuple[str, str]:
    css = render_to_string("storefront/theme.css", {"theme": theme})
    return css, hashlib.sha256(css.encode()).hexdigest()[:16]
