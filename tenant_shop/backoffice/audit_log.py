"""The shop's audit log: who changed what, before and after, from where."""

import re
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.apps import apps
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_safe
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanWidget

from platform_core.accounts.models import SHOP_APP, PlatformUser
from platform_core.audit.export import csv_lines
from platform_core.audit.read import Place, Wanted, each_entry, entries_of, verbs_in
from platform_core.audit.record import record_of
from platform_core.tenancy.context import current_tenant
from tenant_shop.backoffice.history import Change, change_of
from tenant_shop.backoffice.origin import origin_of
from tenant_shop.backoffice.staff_forms import DayInput

A_PAGE = 50
# Of a file, so many are in memory at once.
A_PORTION = 500
# What is in the log besides objects of the shop's models.
OTHER_KINDS = {
    "settings": "Settings",
    "staff": "Staff",
    "tenant": "Shop and design",
    "mail_template": "Mail texts",
    "impersonation": "Visit of SmartSeller's support",
    "security": "Security",
}
# What does not say by its first word what was done.
WORDS = {"log": "Log in, log out", "let": "Let go", "late": "Take late money"}
VERB = re.compile(r"[a-z]{1,40}")


class FilterForm(forms.Form):
    """What is looked for; everything may be left open."""

    who = forms.ChoiceField(label="Who", required=False, widget=UnfoldAdminSelectWidget)
    verb = forms.ChoiceField(label="What was done", required=False, widget=UnfoldAdminSelectWidget)
    kind = forms.ChoiceField(label="To what", required=False, widget=UnfoldAdminSelectWidget)
    since = forms.DateField(label="From", required=False, widget=DayInput)
    until = forms.DateField(label="To", required=False, widget=DayInput)
    platform = forms.BooleanField(label="By SmartSeller's people only", required=False, widget=UnfoldBooleanWidget)
    object = forms.UUIDField(required=False, widget=forms.HiddenInput)
    after_at = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    after_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, tenant_id: UUID) -> None:
        super().__init__(data)
        people = PlatformUser.objects.filter(accesses__tenant=tenant_id).order_by("email").values_list("pk", "email")
        self.fields["who"].choices = [("", "Everybody"), *((str(pk), email) for pk, email in people)]  # type: ignore[attr-defined]
        # A verb that was last used long ago stays what was asked for.
        verbs = {*verbs_in(tenant_id), *VERB.findall(data.get("verb", ""))[:1]}
        words = sorted(((verb, WORDS.get(verb, str(capfirst(verb)))) for verb in verbs), key=lambda word: word[1])
        self.fields["verb"].choices = [("", "Everything"), *words]  # type: ignore[attr-defined]
        kinds = OTHER_KINDS | {
            str(model._meta.model_name): str(capfirst(model._meta.verbose_name))
            for model in apps.get_app_config(SHOP_APP).get_models()
        }
        named = sorted(kinds.items(), key=lambda kind: kind[1])
        self.fields["kind"].choices = [("", "Everything"), *named]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Wanted:
        given, zone = self.cleaned_data, ZoneInfo(current_tenant().timezone)

        def midnight(day: Any, days: int) -> datetime | None:
            return datetime.combine(day + timedelta(days=days), time(), tzinfo=zone) if day else None

        return Wanted(
            user_id=UUID(given["who"]) if given["who"] else None,
            verb=given["verb"],
            resource_type=given["kind"],
            resource_id=given["object"],
            since=midnight(given["since"], 0),
            until=midnight(given["until"], 1),
            by_platform=given["platform"],
        )

    def clean_after_at(self) -> datetime | None:
        written = self.cleaned_data["after_at"]
        try:
            moment = datetime.fromisoformat(written) if written else None
        except ValueError as error:
            raise forms.ValidationError("That is no moment.") from error
        if moment is not None and moment.tzinfo is None:
            raise forms.ValidationError("That is no moment.")
        return moment

    @property
    def place(self) -> Place | None:
        at, entry_id = self.cleaned_data["after_at"], self.cleaned_data["after_id"]
        return Place(at, entry_id) if at and entry_id else None


@require_safe
def audit_log(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """A page of the log; what is asked for stands in the address."""
    if not request.user.has_perm("tenant_shop.view_auditlog"):
        raise PermissionDenied
    tenant = current_tenant()
    form = FilterForm(request.GET, tenant_id=tenant.id)
    context = {**site.each_context(request), "title": "Audit log", "form": form, "rows": [], "older": "", "query": ""}
    if form.is_valid():
        page = entries_of(tenant.id, form.wanted, after=form.place, limit=A_PAGE)
        context["rows"] = [_row(change_of(entry), form) for entry in page.entries]
        context["is_later_page"] = form.place is not None
        context["query"] = request.GET.urlencode()
        if page.next is not None:
            query = request.GET.copy()
            query["after_at"], query["after_id"] = page.next.at.isoformat(), str(page.next.id)
            context["older"] = query.urlencode()
    return TemplateResponse(request, "admin/shop/audit_log.html", context, status=422 if form.errors else 200)


@require_safe
def audit_log_file(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """What the same address without `.csv` shows, all of it, as a file. That it was taken is written down."""
    if not request.user.has_perm("tenant_shop.view_auditlog"):
        raise PermissionDenied
    tenant = current_tenant()
    form = FilterForm(request.GET, tenant_id=tenant.id)
    if not form.is_valid():
        return redirect("admin:audit_log")
    wanted = form.wanted
    record_of(origin_of(request), "export_auditlog", resource_type="auditlog", tenant_id=tenant.id)
    entries = each_entry(lambda place: entries_of(tenant.id, wanted, after=place, limit=A_PORTION))
    response = StreamingHttpResponse(csv_lines(entries, slug_of=tenant.slug), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{tenant.slug}-audit-log.csv"'
    return response


def _row(change: Change, form: FilterForm) -> dict[str, Any]:
    kinds = dict(form.fields["kind"].choices)  # type: ignore[attr-defined]
    return {"change": change, "kind": kinds.get(change.kind, change.kind), "url": _url_of(change)}


def _url_of(change: Change) -> str:
    """The page of what was changed, which may be gone; "" where it has none."""
    if change.resource_id is None or change.verb == "Delete":
        return ""
    try:
        return reverse(f"admin:tenant_shop_{change.kind}_change", args=[change.resource_id])
    except NoReverseMatch:
        return ""
