"""What became of the last calls of the API: for whoever writes the program."""

from typing import Any
from uuid import UUID

import redis
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from tenant_shop.integrations.calls.collect import SHOWN_FOR, collect_calls
from tenant_shop.integrations.calls.models import ApiCall, ApiUsage
from tenant_shop.integrations.keys.models import ApiKey

A_PAGE = 100
DAYS = 7


@require_safe
def api_calls(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """The newest calls, of one key or all, perhaps only those that were refused. What waits is written down first."""
    if not request.user.has_perm("tenant_shop.view_apicall"):
        raise PermissionDenied
    is_behind = _write_down()
    names = {key.pk: key for key in ApiKey.objects.all()}
    chosen, after = _uuid(request, "key"), _uuid(request, "after")
    only_errors = request.GET.get("errors") == "1"
    calls = list(_calls(chosen, after, only_errors=only_errors)[: A_PAGE + 1])
    older = request.GET.copy()
    if len(calls) > A_PAGE:
        older["after"] = str(calls[A_PAGE - 1].pk)
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": "API calls",
        "rows": [{"call": call, "key": names.get(call.key_id)} for call in calls[:A_PAGE]],
        "keys": names.values(),
        "chosen": chosen,
        "only_errors": only_errors,
        "older": older.urlencode() if len(calls) > A_PAGE else "",
        "is_later_page": after is not None,
        "usage": ApiUsage.objects.all()[:DAYS],
        "is_behind": is_behind,
        "shown_days": SHOWN_FOR.days,
    }
    return TemplateResponse(request, "admin/shop/api_calls.html", context)


def _write_down() -> bool:
    """Whether that could not be done now."""
    try:
        collect_calls(timezone.now())
    except redis.RedisError:
        return True
    return False


def _calls(key_id: UUID | None, after: UUID | None, *, only_errors: bool) -> Any:
    calls = ApiCall.objects.all()
    if key_id is not None:
        calls = calls.filter(key_id=key_id)
    if only_errors:
        calls = calls.filter(status__gte=400)
    last = ApiCall.objects.filter(pk=after).first() if after else None
    if last is not None:
        calls = calls.filter(Q(at__lt=last.at) | Q(at=last.at, pk__lt=last.pk))
    return calls


def _uuid(request: HttpRequest, name: str) -> UUID | None:
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None
