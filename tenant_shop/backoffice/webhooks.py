"""Endpoints of other systems: which there are, making, changing, rotating, trying, switching off and removing them."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from platform_core.plans.limits import Feature
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.transactions import shop_transaction
from smartseller.api.samples import SAMPLE_ID, SAMPLE_MOMENT
from smartseller.errors import RuleViolation
from tenant_shop.api.v1.examples import example_of
from tenant_shop.audit.note import note
from tenant_shop.backoffice.origin import origin_of
from tenant_shop.backoffice.webhook_form import EndpointForm
from tenant_shop.configuration.sealed import SealBroken
from tenant_shop.integrations.catalogue import EVENT_TYPES
from tenant_shop.integrations.models import Webhook, WebhookDelivery
from tenant_shop.integrations.webhooks.keep_endpoint import (
    MOST_ENDPOINTS,
    change_endpoint,
    make_endpoint,
    remove_endpoint,
)
from tenant_shop.integrations.webhooks.message import API_VERSION
from tenant_shop.integrations.webhooks.rotate_secret import rotate_secret
from tenant_shop.integrations.webhooks.send_test import send_test
from tenant_shop.integrations.webhooks.switch import switch_off, switch_on

# Hours that the secret before goes on signing, and how people say it.
OVERLAPS = (
    ("0", "The old one is worth nothing at once"),
    ("1", "Both sign for an hour"),
    ("24", "Both sign for a day"),
    ("168", "Both sign for seven days"),
)
SAME = "Nothing was different."


@require_safe
def webhooks(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """The endpoints, each with how it fares."""
    _check(request, "view")
    waiting = Count("deliveries", filter=Q(deliveries__state=WebhookDelivery.State.WAITING))
    failed = Count("deliveries", filter=Q(deliveries__state=WebhookDelivery.State.FAILED))
    found = list(Webhook.objects.annotate(waiting=waiting, failed=failed).order_by("name", "pk"))
    context = {
        **_context(request, site, "Webhooks"),
        "webhooks": found,
        "is_full": len(found) >= MOST_ENDPOINTS,
        "most": MOST_ENDPOINTS,
    }
    return TemplateResponse(request, "admin/shop/webhooks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """Make one. The answer shows its secret: no other page ever does."""
    _check(request, "add")
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with shop_transaction():
                webhook, secret = make_endpoint(form.fields_of_endpoint)
                _note(request, "make_webhook", webhook, after=_facts(webhook))
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            return _page(request, site, webhook, secret=secret, said="It is made.")
    context = {**_context(request, site, "New webhook"), "form": form, "webhook": None}
    return TemplateResponse(request, "admin/shop/webhook.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def webhook_page(request: HttpRequest, site: AdminSite, webhook_id: UUID) -> HttpResponseBase:
    """One, with the form that changes it."""
    _check(request, "change" if request.method == "POST" else "view")
    webhook = _found(webhook_id)
    form = _form(webhook, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        before = _facts(webhook)
        try:
            with shop_transaction():
                changed = change_endpoint(webhook_id, form.fields_of_endpoint)
                _note(request, "change_webhook", changed, before=before, after=_facts(changed))
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Saved." if form.has_changed() else SAME)
            return redirect("admin:webhook", webhook_id)
    return _page(request, site, webhook, form=form)


@require_POST
def webhook_do(request: HttpRequest, site: AdminSite, webhook_id: UUID) -> HttpResponseBase:
    """Rotate its secret, send a test, switch it off or on, or remove it: what the button says."""
    what = str(request.POST.get("do"))
    _check(request, "delete" if what == "remove" else "change")
    webhook = _found(webhook_id)
    try:
        if what == "rotate":
            return _rotate(request, site, webhook)
        said = _do(request, webhook, what)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:webhook", webhook_id)
    messages.success(request, said)
    if what == "test":
        newest = WebhookDelivery.objects.filter(webhook=webhook).order_by("-created_at", "-pk").first()
        return redirect("admin:webhook_delivery", newest.pk) if newest else redirect("admin:webhook", webhook_id)
    return redirect("admin:webhooks") if what == "remove" else redirect("admin:webhook", webhook_id)


@require_safe
def webhook_events(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """Every event there is, with an example of what is sent."""
    _check(request, "view")
    rows = [
        {
            "event": event,
            "example": json.dumps(
                {
                    "id": SAMPLE_ID,
                    "type": event.name,
                    "timestamp": SAMPLE_MOMENT,
                    "api_version": API_VERSION,
                    "data": example_of(event),
                },
                indent=2,
                ensure_ascii=False,
            ),
        }
        for event in EVENT_TYPES.values()
    ]
    context = {**_context(request, site, "Events"), "rows": rows}
    return TemplateResponse(request, "admin/shop/webhook_events.html", context)


def _do(request: HttpRequest, webhook: Webhook, what: str) -> str:
    """What was done, for people. Errors: RuleViolation; Http404 for anything else."""
    with shop_transaction():
        match what:
            case "test":
                send_test(webhook.pk, at=timezone.now())
                _note(request, "test_webhook", webhook)
                return "The test is on its way. Look again in a moment."
            case "off":
                switch_off(webhook.pk)
                _note(request, "switch_off_webhook", webhook, before={"is_active": True}, after={"is_active": False})
                return f"Nothing is sent to {webhook.name} any more."
            case "on":
                switch_on(webhook.pk)
                _note(request, "switch_on_webhook", webhook, before={"is_active": False}, after={"is_active": True})
                return f"{webhook.name} hears what happens from now on."
            case "remove":
                remove_endpoint(webhook.pk)
                _note(request, "remove_webhook", webhook, before=_facts(webhook))
                return f"{webhook.name} is removed, with its deliveries."
    raise Http404


def _rotate(request: HttpRequest, site: AdminSite, webhook: Webhook) -> HttpResponseBase:
    hours = str(request.POST.get("overlap"))
    if hours not in dict(OVERLAPS):
        raise Http404
    with shop_transaction():
        webhook, secret = rotate_secret(webhook.pk, at=timezone.now(), overlap=timedelta(hours=int(hours)))
        _note(request, "rotate_webhook", webhook, after={"old_one_until": str(webhook.previous_secret_until or "now")})
    return _page(request, site, webhook, secret=secret, said="The new secret signs from now on.")


def _page(
    request: HttpRequest,
    site: AdminSite,
    webhook: Webhook,
    *,
    form: EndpointForm | None = None,
    secret: str = "",
    said: str = "",
) -> HttpResponseBase:
    form = form or _form(webhook, None)
    context = {
        **_context(request, site, webhook.name),
        "form": form,
        "webhook": webhook,
        "secret": secret,
        "said": said,
        "overlaps": OVERLAPS,
        "both_until": webhook.previous_secret_until,
        "newest": WebhookDelivery.objects.filter(webhook=webhook).select_related("event")[:5],
        "now": timezone.now(),
    }
    return TemplateResponse(request, "admin/shop/webhook.html", context, status=422 if form.errors else 200)


def _form(webhook: Webhook, data: Any) -> EndpointForm:
    try:
        return EndpointForm(data, webhook=webhook)
    except SealBroken:  # of a copy, or after the installation's secret was lost: they are written anew
        webhook.custom_headers = {}
        return EndpointForm(data, webhook=webhook)


def _context(request: HttpRequest, site: AdminSite, title: str) -> dict[str, Any]:
    terms = current_tenant().plan_terms
    return {
        **site.each_context(request),
        "title": title,
        "may_add": request.user.has_perm("tenant_shop.add_webhook"),
        "may_change": request.user.has_perm("tenant_shop.change_webhook"),
        "may_delete": request.user.has_perm("tenant_shop.delete_webhook"),
        "may_see_deliveries": request.user.has_perm("tenant_shop.view_webhookdelivery"),
        "is_included": terms.includes(Feature.API_ACCESS),
        "plan": terms.plan,
    }


def _facts(webhook: Webhook) -> dict[str, Any]:
    """What the audit log keeps of one: of headers their names."""
    return {
        "name": webhook.name,
        "url": webhook.url,
        "events": list(webhook.events),
        "headers": sorted(webhook.custom_headers),
        "retry_count": webhook.retry_count,
        "timeout_seconds": webhook.timeout_seconds,
    }


def _note(request: HttpRequest, action: str, webhook: Webhook, **values: Any) -> None:
    note(origin_of(request), action, resource_type="webhook", resource_id=webhook.pk, name=webhook.name, **values)


def _found(webhook_id: UUID) -> Webhook:
    webhook = Webhook.objects.filter(pk=webhook_id).first()
    if webhook is None:
        raise Http404
    return webhook


def _check(request: HttpRequest, action: str) -> None:
    if not request.user.has_perm(f"tenant_shop.{action}_webhook"):
        raise PermissionDenied
