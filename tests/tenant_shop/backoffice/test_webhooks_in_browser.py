"""A merchant connects a program with a phone in the hand, and sees on a desk why it does not listen."""

import os
from typing import Any

import pytest
from playwright.sync_api import expect

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.integrations.models import WebhookDelivery
from tenant_shop.integrations.webhooks.relay import relay
from tenant_shop.integrations.webhooks.transport import Answer
from tests.browser import NARROW, WIDE
from tests.people import let_in, make_user
from tests.tenant_shop.backoffice.test_staff_in_browser import log_in
from tests.tenant_shop.dashboard.test_home_in_browser import TOO_WIDE

PAGE = "/admin/settings/webhooks/"


def refuse(*_: Any, **__: Any) -> Answer:
    return Answer(status=500, body='{"error": "no room"}', error="Answered 500", milliseconds=212)


@pytest.mark.slow
def test_a_webhook_is_made_tried_and_looked_into(acme: TenantInfo, site: Any, browser: Any, violations: Any) -> None:
    let_in(make_user("owner@acme.example"), acme)
    page = browser.new_context(viewport={"width": NARROW, "height": 900}).new_page()
    wrong: list[str] = []

    def look(name: str) -> None:
        for width in (WIDE, NARROW):
            page.set_viewport_size({"width": width, "height": 900})
            wrong.extend(f"{name} at {width}: {each}" for each in violations(page))
            if page.evaluate(TOO_WIDE):
                wrong.append(f"{name} at {width}: too wide")
            if folder := os.environ.get("PHOTOS"):
                page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)

    log_in(page, site, "owner@acme.example")
    page.goto(site.url("acme", PAGE))
    look("empty")
    page.get_by_role("link", name="New webhook").click()
    page.locator("#id_name").fill("Books")
    page.locator("#id_url").fill("http://books.example/hooks")
    page.locator("[id='event_order.created']").check()
    page.get_by_role("button", name="Make the webhook").click()
    expect(page.get_by_text("The address must begin with https://.", exact=True)).to_be_visible()
    assert page.locator("[id='event_order.created']").is_checked()
    look("refused")
    page.locator("#id_url").fill("https://books.example/hooks")
    page.get_by_role("button", name="Make the webhook").click()
    assert page.get_by_label("The secret", exact=True).input_value().startswith("whsec_")
    look("made")
    page.get_by_role("button", name="Send a test").click()
    page.wait_for_url("**/settings/webhooks/deliveries/**")
    with tenant_context(acme):
        relay(send=refuse)
        WebhookDelivery.objects.update(state="failed", next_attempt_at=None)
    page.reload()
    expect(page.get_by_text("no room")).to_be_visible()
    look("delivery")
    page.goto(site.url("acme", "/admin/"))
    page.get_by_role("link", name="Failed webhooks").click()
    expect(page.get_by_role("link", name="webhook.test to Books")).to_be_visible()
    look("deliveries")
    page.get_by_role("button", name="Send all of these again").click()
    page.get_by_text("sent again.").wait_for()
    page.goto(site.url("acme", PAGE))
    look("list")
    page.goto(site.url("acme", f"{PAGE}events/"))
    page.get_by_text("order.created").first.click()
    look("events")
    assert wrong == []
