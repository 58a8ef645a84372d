"""Looking at the draft of the shop's look: on the real pages, by the person who may publish it, and nobody else."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from platform_core.tenancy.context import current_tenant
from tenant_shop.backoffice.access import staff_access
from tenant_shop.configuration.design.read import read_design

COOKIE = "design_preview"
# Seconds. Long enough to look around, short enough that nobody wonders next week why the shop looks odd.
MAX_AGE = 7200
SALT = "storefront.design-preview"
PERMISSION = "tenant_shop.publish_design"


def begin_preview(request: HttpRequest, response: HttpResponse) -> None:
    """Let the session of `request`, and no other, see the draft for two hours."""
    response.set_cookie(
        COOKIE,
        signing.dumps(_mark(request), salt=SALT),
        max_age=MAX_AGE,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def end_preview(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")


def is_previewing(request: HttpRequest) -> bool:
    """Whether the request may be one for a draft; no statement. Such a request is neither answered from a cache nor
    kept in one."""
    return COOKIE in request.COOKIES


def previewed_design(request: HttpRequest) -> Mapping[str, Any] | None:
    """The draft, when the request's user may see it here and now; None otherwise, and nobody is told why.

    The cookie is signed, bound to the shop and to one session, and the person's access is asked for anew.
    """
    if not is_previewing(request) or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    try:
        mark = signing.loads(request.COOKIES[COOKIE], salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        return None
    if request.session.session_key is None or mark != _mark(request):
        return None
    if staff_access(request) is None or not request.user.has_perm(PERMISSION):
        return None
    return read_design().draft


def _mark(request: HttpRequest) -> list[str]:
    session = hashlib.sha256(str(request.session.session_key).encode()).hexdigest()
    return [current_tenant().id.hex, session]
