"""Logging in in the place of one of a shop's people."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from platform_core.accounts.impersonation.end import end_impersonation
from platform_core.accounts.impersonation.errors import NotAllowedIn
from platform_core.accounts.impersonation.models import Impersonation
from platform_core.accounts.impersonation.start import may_impersonate, start_impersonation
from platform_core.accounts.models import PlatformRole, PlatformUser, TenantAccess
from platform_core.accounts.one_time_login import one_time_token
from platform_core.accounts.origin import origin_of
from platform_core.accounts.staff.seats import LIVE
from platform_core.console.base import ReadOnlyAdmin
from platform_core.console.fresh import asked_first
from platform_core.console.site import console
from platform_core.tenancy.hosts import shop_url
from platform_core.tenants.models import Tenant

MOST_SHOWN = 200
MINUTES = (15, 30, 60)


class VisitForm(forms.Form):
    """In whose place, for how long, and why."""

    person = forms.ChoiceField(label="In the place of", widget=UnfoldAdminSelectWidget)
    minutes = forms.TypedChoiceField(
        label="For",
        choices=[(minutes, f"{minutes} minutes") for minutes in MINUTES],
        coerce=int,
        widget=UnfoldAdminSelectWidget,
    )
    reason = forms.CharField(
        label="Why",
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="The merchant reads it in the audit log, beside every page that you open.",
    )

    def __init__(self, data: Any = None, *, tenant: Tenant) -> None:
        super().__init__(data)
        accesses = TenantAccess.objects.filter(LIVE, tenant=tenant, platform_user__role=PlatformRole.MERCHANT)
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            (str(access.platform_user_id), f"{access.platform_user.email} ({access.get_role_display()})")
            for access in accesses.select_related("platform_user").order_by("platform_user__email")[:MOST_SHOWN]
        ]


@require_http_methods(["GET", "HEAD", "POST"])
def impersonate(request: HttpRequest, tenant_id: UUID) -> HttpResponseBase:
    """Ask why, and lead into the shop."""
    operator = cast("PlatformUser", request.user)
    if not may_impersonate(operator):
        raise PermissionDenied
    if asked := asked_first(request):
        return asked
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    if tenant is None or not tenant.is_active:
        raise Http404
    form = VisitForm(request.POST or None, tenant=tenant)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            visit = start_impersonation(
                operator,
                tenant_id=tenant.pk,
                person_id=UUID(given["person"]),
                reason=given["reason"],
                lasts=timedelta(minutes=given["minutes"]),
                origin=origin_of(request),
            )
        except NotAllowedIn as refusal:
            form.add_error(None, str(refusal))
        else:
            token = one_time_token(operator, tenant_id=tenant.pk, impersonation=visit)
            return HttpResponseRedirect(shop_url(tenant.slug, f"/welcome/?{urlencode({'token': token})}"))
    context = {
        **console.each_context(request),
        "title": f"Log in to {tenant.name}",
        "tenant": tenant,
        "form": form,
    }
    return TemplateResponse(request, "admin/console/impersonate.html", context, status=422 if form.errors else 200)


@admin.register(Impersonation, site=console)
class ImpersonationAdmin(ReadOnlyAdmin):
    """Who of the platform's people was in which shop, in whose place, and why."""

    list_display = ("started_at", "operator", "tenant", "person", "state", "reason")
    list_select_related = ("operator", "tenant", "person")
    search_fields = ("operator__email", "person__email", "tenant__slug")
    ordering = ("-started_at", "-id")
    change_form_outer_before_template = "admin/console/end_visit.html"

    def get_urls(self) -> list[URLPattern]:
        end = path("<uuid:visit_id>/end/", self.admin_site.admin_view(end_visit), name="end_visit")
        return [end, *super().get_urls()]

    @display(description="State", label={"running": "warning", "over": "info"})
    def state(self, visit: Impersonation) -> tuple[str, str]:
        return ("running", "Running") if visit.is_running(timezone.now()) else ("over", "Over")


@require_POST
def end_visit(request: HttpRequest, visit_id: UUID) -> HttpResponseBase:
    """End a visit before its time: one's own, or anybody's for who may change people."""
    visit = Impersonation.objects.filter(pk=visit_id).first()
    if visit is None:
        raise Http404
    if visit.operator_id != request.user.pk and not request.user.has_perm("platform_core.change_platformuser"):
        raise PermissionDenied
    end_impersonation(visit_id, origin=origin_of(request))
    return redirect("admin:platform_core_impersonation_changelist")
