"""Who may come behind the counter: people with live access to this shop, asked anew at every request."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from platform_core.accounts.access import access_of
from platform_core.accounts.impersonation.log import log_request
from platform_core.accounts.models import PlatformUser, TenantAccess
from platform_core.tenancy.context import current_tenant
from tenant_shop.backoffice.measures import units_asked_once
from tenant_shop.backoffice.origin import origin_of

View = Callable[..., HttpResponseBase]


def staff_access(request: HttpRequest) -> TenantAccess | None:
    """The access with which the request's user is in the active shop; None when there is none, or no longer.

    A role on the platform counts for nothing here. The first call of a request asks the platform's database, in one
    statement, and from then on the user's permissions on the shop's models follow the access. Who is here in somebody's
    place has that person's, and every request of theirs stands in the shop's audit log before it is answered.
    """
    if not hasattr(request, "_staff_access"):
        request._staff_access = _find(request)  # type: ignore[attr-defined]
    access: TenantAccess | None = request._staff_access  # type: ignore[attr-defined]
    return access


def _find(request: HttpRequest) -> TenantAccess | None:
    user = request.user
    if not isinstance(user, PlatformUser):
        return None
    access = access_of(user, current_tenant().id)
    user.enter_shop(access)
    if access is not None and user.impersonation is not None:
        method, path = str(request.method), request.get_full_path()
        log_request(user.impersonation, method=method, path=path, origin=origin_of(request))
    return access


def staff_required(view: View) -> View:
    """Only for the shop's people; everybody else is led to the log-in. Times are shown in the shop's time zone."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if staff_access(request) is None:
            return redirect_to_login(request.get_full_path(), reverse("staff:log-in"))
        return in_shop_time(view)(request, *args, **kwargs)

    return guarded


def in_shop_time(view: View) -> View:
    """Run `view`, and render what it returns, in the shop's time zone; nothing private is kept by a cache."""

    @wraps(view)
    def timed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with timezone.override(ZoneInfo(current_tenant().timezone)), units_asked_once():
            response = view(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse):
                response = response.render()
        add_never_cache_headers(response)
        return response

    return timed
