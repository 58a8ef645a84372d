"""Cancelling at the end of what is paid, and thinking better of it."""

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST

from platform_core.billing.end import end_with_period, keep_on
from platform_core.billing.errors import NoSubscription
from platform_core.billing.merchant import standing_of
from platform_core.tenancy.context import current_tenant
from smartseller.formats import day
from tenant_shop.backoffice.plan.door import actor, for_owners, today

LONGEST_REASON = 500


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def end(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """What happens then; a POST cancels."""
    tenant = current_tenant()
    if request.method == "POST":
        reason = request.POST.get("reason", "").strip()[:LONGEST_REASON]
        last = end_with_period(tenant.id, reason=reason, actor_id=actor(request))
        messages.success(
            request, f"Your shop sells until {day(last)}, and closes then. You can reactivate it until then."
        )
        return redirect("admin:plan")
    standing = standing_of(tenant.id, today())
    if standing is None:
        raise NoSubscription(tenant.slug)
    context = {**site.each_context(request), "title": "Cancel the plan", "standing": standing}
    return TemplateResponse(request, "admin/shop/plan_end.html", context)


@require_POST
@for_owners
def keep(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    keep_on(current_tenant().id, actor_id=actor(request))
    messages.success(request, "Your plan goes on.")
    return redirect("admin:plan")
