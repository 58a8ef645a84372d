"""Headers that every answer carries, the platform's and the shops' alike: what a browser may load, and from where."""

import base64
import hashlib
import re
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.loader import get_template

# The admin theme brings inline styles and handlers, and a script library that evaluates its attributes.
ADMIN_PATHS = ("/admin/", "/dashboard/")
ADMIN_SOURCES = {"script-src": "'self' 'unsafe-inline' 'unsafe-eval'", "style-src": "'self' 'unsafe-inline'"}
# The API's page draws itself, searches in a worker, and writes its styles as it goes.
DOCUMENT_SOURCES = {"style-src": "'self' 'unsafe-inline'", "worker-src": "blob:", "connect-src": "'self'"}


class SecurityHeadersMiddleware:
    """Adds the content security policy and its companions, unless a view has set its own.

    Stands first, so that pages of the fence and of failures get them too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        on_platform = getattr(request, "tenant", None) is None
        response.headers.setdefault(
            "Content-Security-Policy",
            policy(admin=request.path.startswith(ADMIN_PATHS), forms_lead_to_shops=on_platform),
        )
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        return response


@cache
def policy(
    *, admin: bool = False, forms_lead_to_shops: bool = False, card_fields: str = "", documents: bool = False
) -> str:
    """The content security policy: nothing inline, nothing from elsewhere but pictures.

    `admin` loosens it for the admin theme; `forms_lead_to_shops` lets a form's answer redirect to a shop's host.
    `card_fields` is the origin of Stripe's script, for the two pages that have Stripe's fields in them: they stand in
    frames of Stripe's, and speak with Stripe only. `documents` is for the one page about the API.
    """
    shops = f" {settings.PLATFORM_SCHEME}://*.{settings.PLATFORM_DOMAIN}:*" if forms_lead_to_shops else ""
    sources = {
        "default-src": "'self'",
        "img-src": "'self' https: data:",
        "script-src": "'self'",
        "style-src": f"'self' {_status_style()}",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": f"'self'{shops}",
        "frame-ancestors": "'none'",
        **(ADMIN_SOURCES if admin else {}),
        **(DOCUMENT_SOURCES if documents else {}),
        **(_card_sources(card_fields, admin=admin) if card_fields else {}),
    }
    return "; ".join(f"{directive} {value}" for directive, value in sources.items())


def _card_sources(origin: str, *, admin: bool) -> dict[str, str]:
    own = ADMIN_SOURCES["script-src"] if admin else "'self'"
    return {
        "script-src": f"{own} {origin}",
        "frame-src": f"{origin} https://hooks.stripe.com",
        "connect-src": "'self' https://api.stripe.com",
    }


def _status_style() -> str:
    """The hash of the one inline stylesheet: status pages must stand without static files."""
    page = get_template("status/_style.html").render()
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    if style is None:
        raise ValueError("status/_style.html has no stylesheet")
    digest = hashlib.sha256(style[1].encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
