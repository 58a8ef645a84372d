"""Webhooks are made, tried, watched and sent again behind the counter; each secret is shown once."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from platform_core.accounts.models import AccessRole
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.plans.models import TenantPlan
from platform_core.tenancy import directory
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.integrations.catalogue import EVENT_TYPES
from tenant_shop.integrations.models import Event, Webhook, WebhookDelivery
from tenant_shop.integrations.record import record_event
from tenant_shop.integrations.webhooks.relay import relay
from tenant_shop.integrations.webhooks.secrets import own_headers, signing_secrets
from tests.people import staff_browser
from tests.receiver import answers, receiving

PAGE, DELIVERIES = "/admin/settings/webhooks/", "/admin/settings/webhooks/deliveries/"
WANTED = {
    "name": "Books",
    "url": "https://books.example/hooks",
    "events": ["order.created", "order.paid"],
    "headers": "Authorization: Bearer let-me-in\nX-Team: a: b",
    "retry_count": "9",
    "timeout_seconds": "20",
}


def secret_in(page: Any) -> str:
    found = re.search(r'value="(whsec_[^"]+)"', page.content.decode())
    assert found
    return found[1].replace("&#x2B;", "+")


def hook(shop: TenantInfo) -> Webhook:
    with tenant_context(shop):
        return Webhook.objects.get()


def entries(shop: TenantInfo) -> list[str]:
    with tenant_scope(shop.id):
        rows = AuditLog.objects.filter(tenant=shop.id, resource_type__in=["webhook", "webhookdelivery"])
        return list(rows.order_by("created_at", "pk").values_list("action", flat=True))


def test_one_is_made_and_its_secret_shown_once(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    page = browser.post(f"{PAGE}new/", WANTED)
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    secret = secret_in(page)
    webhook = hook(acme)
    with tenant_context(acme):
        assert signing_secrets(webhook, at=timezone.now()) == [secret]
        assert own_headers(webhook) == {"Authorization": "Bearer let-me-in", "X-Team": "a: b"}
    assert (webhook.events, webhook.timeout_seconds) == (["order.created", "order.paid"], 20)
    for path in (PAGE, f"{PAGE}{webhook.pk}/"):
        shown = browser.get(path).content.decode()
        assert "Books" in shown
        assert "whsec_" not in shown
        assert "let-me-in" not in shown
    assert entries(acme) == ["make_webhook"]
    with tenant_scope(acme.id):
        assert "let-me-in" not in str(AuditLog.objects.filter(action="make_webhook").values().get())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"url": "http://books.example/"}, "The address must begin with https://."),
        ({"url": "https://10.0.0.1/"}, "Nothing is sent to private addresses."),
        ({"events": []}, "Choose at least one event."),
        ({"events": ["mail.order_paid"]}, "is not one of the available choices"),
        ({"headers": "Host: evil.example"}, "Host is set by SmartSeller."),
        ({"headers": "nonsense"}, "is no header"),
        ({"headers": "X-Key: ••••••"}, "There is no value of X-Key to keep."),
        ({"retry_count": "10"}, "less than or equal to 9"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(acme: TenantInfo, wrong: dict[str, Any], said: str) -> None:
    page = staff_browser(acme).post(f"{PAGE}new/", WANTED | wrong)
    assert page.status_code == 422
    assert said in page.content.decode()
    with tenant_context(acme):
        assert not Webhook.objects.exists()
    assert entries(acme) == []


def test_a_header_whose_value_is_not_typed_again_keeps_it(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    browser.post(f"{PAGE}new/", WANTED)
    path = f"{PAGE}{hook(acme).pk}/"
    kept = "Authorization: ••••••\nX-Team: c"
    assert browser.post(path, WANTED | {"name": "Ledger", "headers": kept}).status_code == 302
    with tenant_context(acme):
        assert own_headers(hook(acme)) == {"Authorization": "Bearer let-me-in", "X-Team": "c"}
    assert hook(acme).name == "Ledger"
    assert entries(acme) == ["make_webhook", "change_webhook"]


def test_it_is_rotated_switched_and_removed(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    old = secret_in(browser.post(f"{PAGE}new/", WANTED))
    do = f"{PAGE}{hook(acme).pk}/do/"
    new = secret_in(browser.post(do, {"do": "rotate", "overlap": "24"}))
    with tenant_context(acme):
        assert signing_secrets(hook(acme), at=timezone.now()) == [new, old]
    assert browser.post(do, {"do": "rotate", "overlap": "9999"}).status_code == 404
    browser.post(do, {"do": "off"})
    assert (hook(acme).is_active, hook(acme).off_because) == (False, "by_hand")
    browser.post(do, {"do": "test"})
    browser.post(do, {"do": "on"})
    assert hook(acme).is_active
    assert browser.post(do, {"do": "eat"}).status_code == 404
    browser.post(do, {"do": "remove"})
    with tenant_context(acme):
        assert not Webhook.objects.exists()
        assert not WebhookDelivery.objects.exists()
    assert entries(acme) == [
        "make_webhook", "rotate_webhook", "switch_off_webhook", "switch_on_webhook", "remove_webhook",
    ]  # fmt: skip


def test_a_test_is_sent_and_seen(acme: TenantInfo, settings) -> None:
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    browser = staff_browser(acme)
    with receiving(answers(500, b"<script>alert(1)</script>")) as receiver:
        secret = secret_in(browser.post(f"{PAGE}new/", WANTED | {"url": receiver.url}))
        to = browser.post(f"{PAGE}{hook(acme).pk}/do/", {"do": "test"})["Location"]
        with tenant_context(acme):
            relay()
    assert receiver.taken[0].verified(secret)["type"] == "webhook.test"
    shown = browser.get(to).content.decode()
    assert "webhook.test" in shown
    assert "Answered 500" in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert(1)" not in shown
    assert str(receiver.taken[0].id) in shown


def _failed(shop: TenantInfo, number: int) -> None:
    with tenant_context(shop):
        for count in range(number):
            record_event("order.created" if count % 2 else "order.paid", {"id": str(uuid4())})
        relay(send=_refuse)
        WebhookDelivery.objects.update(state="failed", next_attempt_at=None)


def _refuse(*_: Any, **__: Any) -> Any:
    from tenant_shop.integrations.webhooks.transport import Answer

    return Answer(status=500, body="no room", error="Answered 500", milliseconds=12)


def test_failed_ones_stand_on_the_first_page_which_leads_to_exactly_these(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    assert "Failed webhooks" not in browser.get("/admin/").content.decode()
    browser.post(f"{PAGE}new/", WANTED)
    _failed(acme, 3)
    with tenant_context(acme):
        WebhookDelivery.objects.filter(pk=WebhookDelivery.objects.first().pk).update(
            state="delivered", delivered_at=timezone.now()
        )
    waiting = {each.title: each for each in browser.get("/admin/").context["waiting"]}
    assert waiting["Failed webhooks"].count == 2
    rows = browser.get(waiting["Failed webhooks"].url).context["rows"]
    assert [row.state for row in rows] == ["failed", "failed"]


def test_deliveries_are_filtered_turned_and_sent_again(acme: TenantInfo, count_statements) -> None:
    browser = staff_browser(acme)
    browser.post(f"{PAGE}new/", WANTED)
    counts = []
    for number in (2, 58):
        _failed(acme, number)
        with count_statements() as statements:
            page = browser.get(DELIVERIES)
        counts.append(statements.count)
    assert counts[0] == counts[1]
    assert (len(page.context["rows"]), page.context["older"] != "") == (50, True)
    older = browser.get(f"{DELIVERIES}?{page.context['older']}")
    assert len(older.context["rows"]) == 10
    assert not {row.pk for row in older.context["rows"]} & {row.pk for row in page.context["rows"]}
    paid = f"{DELIVERIES}?type=order.paid&state=failed&webhook={hook(acme).pk}"
    assert {row.event.type for row in browser.get(paid).context["rows"]} == {"order.paid"}
    tomorrow = (timezone.now() + timedelta(days=2)).date().isoformat()
    assert browser.get(f"{DELIVERIES}?since={tomorrow}").context["rows"] == []
    assert browser.get(f"{DELIVERIES}?state=eaten&after_at=soon").status_code == 422
    browser.post(paid)
    with tenant_context(acme):
        again = WebhookDelivery.objects.filter(state="waiting")
        assert set(again.values_list("event__type", flat=True)) == {"order.paid"}
        assert again.count() == 30
        one = WebhookDelivery.objects.filter(state="failed").first().pk
    browser.post(f"{DELIVERIES}{one}/")
    with tenant_context(acme):
        assert WebhookDelivery.objects.filter(state="waiting").count() == 31
    assert entries(acme) == ["make_webhook", "resend_webhooks", "resend_webhooks"]


def test_who_may_only_look_changes_nothing(acme: TenantInfo) -> None:
    staff_browser(acme).post(f"{PAGE}new/", WANTED)
    _failed(acme, 1)
    viewer = staff_browser(acme, AccessRole.VIEWER)
    pk = hook(acme).pk
    with tenant_context(acme):
        delivery = WebhookDelivery.objects.get().pk
    for path in (f"{PAGE}{pk}/", f"{PAGE}{pk}/do/", f"{PAGE}new/", DELIVERIES, f"{DELIVERIES}{delivery}/"):
        assert viewer.post(path, WANTED | {"do": "off", "name": "Mine"}).status_code == 403
    assert (hook(acme).name, hook(acme).is_active) == ("Books", True)
    with tenant_context(acme):
        assert WebhookDelivery.objects.get().state == "failed"


def test_another_shops_webhook_is_none(acme: TenantInfo, make_shop) -> None:
    staff_browser(acme).post(f"{PAGE}new/", WANTED)
    other = staff_browser(make_shop("globex"))
    assert other.get(f"{PAGE}{hook(acme).pk}/").status_code == 404
    assert other.post(f"{PAGE}{hook(acme).pk}/do/", {"do": "off"}).status_code == 404
    assert hook(acme).is_active


@pytest.mark.usefixtures("kept_plans")
def test_a_plan_without_the_api_has_no_webhooks_and_says_so(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    browser.post(f"{PAGE}new/", WANTED)
    TenantPlan.objects.filter(name="premium").update(features={"api_access": False})
    directory.clear()
    assert "does not include API access" in browser.get(PAGE).content.decode()
    page = browser.post(f"{PAGE}new/", WANTED)
    assert page.status_code == 422
    assert "does not include the API" in page.content.decode()
    with tenant_context(acme):
        assert Webhook.objects.count() == 1


def test_every_event_is_shown_with_an_example_of_what_the_api_says(acme: TenantInfo) -> None:
    page = staff_browser(acme).get(f"{PAGE}events/")
    assert [row["event"].name for row in page.context["rows"]] == list(EVENT_TYPES)
    from tenant_shop.api.v1.examples import example_of
    from tenant_shop.api.v1.representations import OUTPUTS

    with tenant_context(acme):
        for name in ("order.created", "product.updated", "refund.failed", "review.approved"):
            event = EVENT_TYPES[name]
            assert example_of(event).keys() == OUTPUTS[event.kind]().fields.keys()
        assert not Event.objects.exists()
