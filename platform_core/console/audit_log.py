"""The audit log in the console: every shop's entries and the platform's own, searched, and taken along as a file."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.widgets import UnfoldAdminTextInputWidget

from platform_core.accounts.models import PlatformUser, normal_email
from platform_core.accounts.origin import origin_of
from platform_core.audit.export import csv_lines
from platform_core.audit.models import AuditLog
from platform_core.audit.read import Place, Wanted, each_entry, entries_everywhere
from platform_core.audit.record import record_of
from platform_core.audit.scope import platform_scope
from platform_core.console.base import ReadOnlyAdmin
from platform_core.console.site import console
from platform_core.console.widgets import DayInput
from platform_core.tenants.models import Tenant

A_PAGE = 50
# Of a file, so many are in memory at once.
A_PORTION = 500


class SearchForm(forms.Form):
    """What is looked for; everything may be left open."""

    person = forms.CharField(
        label="Person (e-mail address)", required=False, max_length=255, widget=UnfoldAdminTextInputWidget
    )
    shop = forms.CharField(label="Shop (address)", required=False, max_length=50, widget=UnfoldAdminTextInputWidget)
    action = forms.CharField(label="Action", required=False, max_length=100, widget=UnfoldAdminTextInputWidget)
    object = forms.CharField(
        label="Object (kind or id)", required=False, max_length=50, widget=UnfoldAdminTextInputWidget
    )
    since = forms.DateField(label="From (UTC)", required=False, widget=DayInput)
    until = forms.DateField(label="To (UTC)", required=False, widget=DayInput)
    after_at = forms.DateTimeField(required=False, widget=forms.HiddenInput, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"])
    after_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    tenant_id: UUID | None = None
    user_id: UUID | None = None

    def clean_person(self) -> str:
        email = normal_email(self.cleaned_data["person"])
        if email:
            user = PlatformUser.objects.filter(email=email).only("pk").first()
            if user is None:
                raise forms.ValidationError("Nobody has this address.")
            self.user_id = user.pk
        return email

    def clean_shop(self) -> str:
        slug = str(self.cleaned_data["shop"]).strip().lower()
        if slug:
            tenant = Tenant.objects.filter(slug=slug).only("pk").first()
            if tenant is None:
                raise forms.ValidationError("There is no shop at this address.")
            self.tenant_id = tenant.pk
        return slug

    @property
    def wanted(self) -> Wanted:
        given = self.cleaned_data
        try:
            object_id, kind = UUID(given["object"]), ""
        except ValueError:
            object_id, kind = None, given["object"].strip().lower()
        return Wanted(
            user_id=self.user_id,
            action=given["action"].strip(),
            resource_type=kind,
            resource_id=object_id,
            since=_midnight(given["since"], 0),
            until=_midnight(given["until"], 1),
        )

    @property
    def place(self) -> Place | None:
        at, entry_id = self.cleaned_data["after_at"], self.cleaned_data["after_id"]
        return Place(at, entry_id) if at and entry_id else None


@admin.register(AuditLog, site=console)
class AuditLogAdmin(ReadOnlyAdmin):
    """Every entry of every shop: operators see them all, so the pages run in the platform's scope."""

    def get_urls(self) -> list[URLPattern]:
        file = path("list.csv", self.admin_site.admin_view(self.file), name="platform_core_auditlog_file")
        return [file, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """A page of what is asked for; what is asked for stands in the address. Nothing is counted."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = SearchForm(request.GET)
        context = {**console.each_context(request), "title": "Audit log", "form": form, "rows": [], "older": ""}
        if form.is_valid():
            page = entries_everywhere(form.wanted, tenant_id=form.tenant_id, after=form.place, limit=A_PAGE)
            context |= {
                "rows": page.entries,
                "is_later_page": form.place is not None,
                "query": request.GET.urlencode(),
            }
            if page.next is not None:
                query = request.GET.copy()
                query["after_at"] = page.next.at.isoformat(timespec="microseconds")
                query["after_id"] = str(page.next.id)
                context["older"] = query.urlencode()
        return TemplateResponse(request, "admin/console/audit_log.html", context, status=422 if form.errors else 200)

    def file(self, request: HttpRequest) -> HttpResponseBase:
        """All that the same search shows. That it was taken is written down."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = SearchForm(request.GET)
        if not form.is_valid():
            return redirect("admin:platform_core_auditlog_changelist")
        wanted, tenant_id = form.wanted, form.tenant_id
        record_of(origin_of(request), "export_auditlog", resource_type="auditlog")
        entries = each_entry(
            lambda place: entries_everywhere(wanted, tenant_id=tenant_id, after=place, limit=A_PORTION)
        )
        response = StreamingHttpResponse(csv_lines(entries), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="audit-log.csv"'
        return response

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        with platform_scope():
            response: Any = super().changeform_view(request, object_id, form_url, extra_context)
            # Rendered while the scope is open.
            rendered: HttpResponse = response.render() if hasattr(response, "render") else response
            return rendered


def _midnight(day: Any, days: int) -> datetime | None:
    return datetime.combine(day + timedelta(days=days), time(), tzinfo=UTC) if day else None
