"""The console of deliveries: what was sent where, what came back, and sending it again."""

import json
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminSelectWidget

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.audit.note import note
from tenant_shop.backoffice.origin import origin_of
from tenant_shop.backoffice.staff_forms import DayInput
from tenant_shop.integrations.catalogue import EVENT_TYPES, TEST
from tenant_shop.integrations.models import Webhook, WebhookDelivery
from tenant_shop.integrations.webhooks.message import envelope
from tenant_shop.integrations.webhooks.resend import MOST_AT_ONCE, resend

A_PAGE = 50
STATES = (("", "All"), ("failed", "Failed"), ("waiting", "Waiting"), ("delivered", "Delivered"))


class FilterForm(forms.Form):
    """What is looked for; everything may be left open."""

    webhook = forms.ChoiceField(label="Webhook", required=False, widget=UnfoldAdminSelectWidget)
    state = forms.ChoiceField(label="State", required=False, choices=STATES, widget=UnfoldAdminSelectWidget)
    type = forms.ChoiceField(
        label="Event",
        required=False,
        choices=[("", "All"), *((name, name) for name in (*EVENT_TYPES, TEST))],
        widget=UnfoldAdminSelectWidget,
    )
    since = forms.DateField(label="From", required=False, widget=DayInput)
    until = forms.DateField(label="To", required=False, widget=DayInput)
    after_at = forms.DateTimeField(
        required=False, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z"], widget=forms.HiddenInput
    )
    after_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        names = Webhook.objects.order_by("name").values_list("pk", "name")
        self.fields["webhook"].choices = [("", "All"), *((str(pk), name) for pk, name in names)]  # type: ignore[attr-defined]

    def rows(self) -> QuerySet[WebhookDelivery]:
        """All that the filter finds, newest first."""
        given, zone = self.cleaned_data, ZoneInfo(current_tenant().timezone)
        rows = WebhookDelivery.objects.all()
        if given["webhook"]:
            rows = rows.filter(webhook=given["webhook"])
        if given["state"]:
            rows = rows.filter(state=given["state"])
        if given["type"]:
            rows = rows.filter(event__type=given["type"])
        if given["since"]:
            rows = rows.filter(created_at__gte=datetime.combine(given["since"], time(), tzinfo=zone))
        if given["until"]:
            end = datetime.combine(given["until"] + timedelta(days=1), time(), tzinfo=zone)
            rows = rows.filter(created_at__lt=end)
        return rows.order_by("-created_at", "-pk")

    def page(self) -> list[WebhookDelivery]:
        """A page of them and one more, from where the page before ended."""
        at, last = self.cleaned_data["after_at"], self.cleaned_data["after_id"]
        rows = self.rows()
        if at and last:
            rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=last))
        return list(rows.select_related("webhook", "event").defer("event__data", "response_body")[: A_PAGE + 1])


@require_http_methods(["GET", "HEAD", "POST"])
def deliveries(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """A page of them; on POST all that the filter finds is sent again."""
    _check(request, "view_webhookdelivery")
    form = FilterForm(request.GET)
    if request.method == "POST":
        _check(request, "change_webhook")
        if form.is_valid():
            _send_again(request, form.rows().order_by("created_at", "pk").exclude(state="waiting"))
        return redirect(f"{reverse('admin:webhook_deliveries')}?{request.GET.urlencode()}")
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": "Deliveries of webhooks",
        "form": form,
        "rows": [],
        "older": "",
        "most": MOST_AT_ONCE,
        "may_resend": request.user.has_perm("tenant_shop.change_webhook"),
    }
    if form.is_valid():
        found = form.page()
        context["rows"], rest = found[:A_PAGE], found[A_PAGE:]
        context["is_later_page"] = bool(form.cleaned_data["after_id"])
        if rest:
            query = request.GET.copy()
            last = context["rows"][-1]
            query["after_at"], query["after_id"] = last.created_at.isoformat(), str(last.pk)
            context["older"] = query.urlencode()
    return TemplateResponse(request, "admin/shop/webhook_deliveries.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def delivery_page(request: HttpRequest, site: AdminSite, delivery_id: UUID) -> HttpResponseBase:
    """One: the body, each attempt, the answer; on POST it is sent again."""
    _check(request, "view_webhookdelivery")
    delivery = WebhookDelivery.objects.select_related("webhook", "event").filter(pk=delivery_id).first()
    if delivery is None:
        raise Http404
    if request.method == "POST":
        _check(request, "change_webhook")
        _send_again(request, WebhookDelivery.objects.filter(pk=delivery_id))
        return redirect("admin:webhook_delivery", delivery_id)
    context = {
        **site.each_context(request),
        "title": delivery.event.type,
        "delivery": delivery,
        "body": json.dumps(envelope(delivery.event), indent=2, ensure_ascii=False),
        "attempts": [
            {**entry, "at": datetime.fromisoformat(entry["at"]).astimezone(ZoneInfo(current_tenant().timezone))}
            for entry in reversed(delivery.log)
        ],
        "may_resend": request.user.has_perm("tenant_shop.change_webhook"),
    }
    return TemplateResponse(request, "admin/shop/webhook_delivery.html", context)


def _send_again(request: HttpRequest, rows: QuerySet[WebhookDelivery]) -> None:
    chosen = list(rows.values_list("pk", flat=True)[:MOST_AT_ONCE])
    try:
        with shop_transaction():
            number = resend(chosen, at=timezone.now())
            note(
                origin_of(request),
                "resend_webhooks",
                resource_type="webhookdelivery",
                resource_id=chosen[0] if len(chosen) == 1 else None,
                after={"deliveries": number},
            )
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return
    if number:
        messages.success(request, f"{number} {'delivery is' if number == 1 else 'deliveries are'} sent again.")
    else:
        messages.warning(request, "Nothing is sent again: it waits already, or the webhook is switched off.")


def _check(request: HttpRequest, code: str) -> None:
    if not request.user.has_perm(f"tenant_shop.{code}"):
        raise PermissionDenied
