"""An owner on a phone: from a trial to a paid plan, a card that fails and one that makes it good, in a real browser,
with localstripe in the part of Stripe."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from platform_core.billing.models import BillingInvoice, TenantSubscription
from platform_core.billing.open_trial import open_trial
from platform_core.billing.run import billing_run
from platform_core.plans.models import TenantPlan
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenants.models import Tenant
from tests.browser import NARROW, WIDE
from tests.factories.catalog import ProductFactory
from tests.localstripe import KEY, PUBLIC_KEY, LocalStripe, running
from tests.people import PASSWORD, let_in, make_user
from tests.platform_core.accounts.posting import mails, path_in

pytest.importorskip("stripe")
pytestmark = pytest.mark.slow

# What Stripe's script does on the page, as far as ours asks it to.
SCRIPT = """
window.Stripe = () => ({
  elements: () => ({ create: () => ({ mount: (place) => {
    document.querySelector(place).innerHTML = '<label>Card number <input id="number"></label>';
  } }) }),
  confirmCardSetup: async (secret) => {
    const number = document.getElementById("number").value;
    const answer = await fetch("https://api.stripe.com/v1/confirm", {
      method: "POST", body: JSON.stringify({ secret, number }),
    });
    return answer.json();
  },
  confirmCardPayment: async (secret, { payment_method }) => {
    const answer = await fetch("https://api.stripe.com/v1/authenticate", {
      method: "POST", body: JSON.stringify({ secret, payment_method }),
    });
    return answer.json();
  },
});
"""


@pytest.fixture(scope="module", autouse=True)
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStripe]:
    """Before the web process, which reads where Stripe answers when it starts."""
    with running(tmp_path_factory.mktemp("stripe")) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("STRIPE_API_URL", server.url)
        patch.setenv("BILLING_STRIPE_SECRET_KEY", KEY)
        patch.setenv("BILLING_STRIPE_PUBLIC_KEY", PUBLIC_KEY)
        yield server


def play_stripe(page: Any, local: LocalStripe) -> None:
    """The pages' rules for what may be loaded stay as they are: only what answers there is ours."""

    def confirm(route: Any) -> None:
        asked = json.loads(route.request.post_data)
        local.set_up(asked["secret"].partition("_secret_")[0], asked["number"])
        route.fulfill(body="{}", content_type="application/json", headers={"Access-Control-Allow-Origin": "*"})

    def authenticate(route: Any) -> None:
        secret = json.loads(route.request.post_data)["secret"]
        path = f"/v1/payment_intents/{secret.partition('_secret_')[0]}/_authenticate"
        local.post(path, client_secret=secret, success="true")
        route.fulfill(body="{}", content_type="application/json", headers={"Access-Control-Allow-Origin": "*"})

    page.route("https://js.stripe.com/**", lambda route: route.fulfill(body=SCRIPT, content_type="text/javascript"))
    page.route("https://api.stripe.com/v1/confirm", confirm)
    page.route("https://api.stripe.com/v1/authenticate", authenticate)


def give_card(page: Any, number: str) -> None:
    page.get_by_label("Card number").fill(number)
    page.get_by_role("button", name="Use this card").click()
    page.wait_for_url("**/admin/plan/")


def test_an_owner_pays_changes_fails_and_recovers_on_a_phone(
    acme: TenantInfo, kept_plans: None, site: Any, browser: Any, violations: Any, local: LocalStripe
) -> None:
    today = timezone.now().astimezone(UTC).date()
    TenantPlan.objects.update(setup_fee=0)
    TenantPlan.objects.filter(name="basic").update(monthly_price=30, annual_price=300, max_products=1)
    TenantPlan.objects.filter(name="premium").update(monthly_price=90, annual_price=900)
    Tenant.objects.update(plan_type="basic")
    open_trial(acme.id, plan="basic", today=today - timedelta(days=14))
    list(billing_run(today))
    with tenant_context(acme):
        ProductFactory.create_batch(2)
    let_in(make_user(), acme)
    page = browser.new_context(viewport={"width": NARROW, "height": 800}).new_page()
    play_stripe(page, local)
    page.goto(site.url("acme", "/login/?next=/admin/plan/"))
    page.get_by_label("E-mail address").fill("owner@acme.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(re.compile("/(dashboard|admin/plan)/"))
    page.goto(site.url("acme", "/admin/plan/"))
    expect(page.get_by_text("$30.00 a month").first).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    page.get_by_role("link", name="Pay by card instead").click()
    expect(page.get_by_text("$30.00 are open, and charged at once.")).to_be_visible()
    expect(page.get_by_label("Card number")).to_be_visible()
    assert violations(page) == []
    give_card(page, "4000000000000341")
    expect(
        page.get_by_text("visa 4000 could not be charged").or_(page.get_by_text("could not be charged with $30.00"))
    ).to_be_visible()
    assert BillingInvoice.objects.get().status == "failed"
    page.get_by_role("link", name="Give another card").click()
    give_card(page, "4000002760003184")
    expect(page.get_by_text("asks you to confirm it: follow the link in the mail", exact=False)).to_be_visible()
    link = next(path_in(each) for each in mails() if "asks you to confirm" in each.subject)
    page.goto(site.url("", link))
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 800})
        if folder := os.environ.get("PHOTOS"):
            page.screenshot(path=f"{folder}/card-confirm-{width}.png", full_page=True)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Confirm with my bank").click()
    expect(page.get_by_text("It is paid; there is nothing more to do.")).to_be_visible()
    assert BillingInvoice.objects.get().status == "paid"
    page.goto(site.url("acme", "/admin/plan/"))
    page.get_by_role("link", name="Give another card").click()
    give_card(page, "4242424242424242")
    expect(page.get_by_text("pays your bills from now on")).to_be_visible()

    page.get_by_role("link", name="Change the plan").click()
    expect(page.get_by_role("link", name="See what Premium costs")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="See what Premium costs").click()
    confirm = page.get_by_role("button", name="Confirm, and pay $60.00")
    expect(confirm).to_be_visible()
    assert violations(page) == []
    confirm.click()
    expect(page.get_by_text("Your plan is Premium now.")).to_be_visible()
    expect(page.get_by_text("$60.00 for SS-", exact=False)).to_be_visible()
    assert list(BillingInvoice.objects.values_list("status", flat=True)) == ["paid", "paid"]

    page.goto(site.url("acme", "/admin/plan/change/basic/monthly/"))
    expect(page.get_by_text("it includes 1, you have 2", exact=False)).to_be_visible()
    assert violations(page) == []
    page.get_by_label("I have read what Basic leaves out").check()
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(page.get_by_text("From then on:")).to_be_visible()

    page.get_by_role("link", name="Cancel the plan").click()
    expect(page.get_by_role("heading", name="What happens")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Cancel at the end of the period").click()
    page.get_by_role("button", name="Reactivate").click()
    expect(page.get_by_text("Your plan goes on.")).to_be_visible()
    assert TenantSubscription.objects.get().ends_with_period is False

    page.get_by_role("link", name="Change address and tax id").click()
    expect(page.get_by_label("Tax id")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Please give street and house number.", exact=True)).to_be_visible()

    page.set_viewport_size({"width": WIDE, "height": 900})
    page.goto(site.url("acme", "/admin/plan/"))
    expect(page.get_by_role("link", name=re.compile("^Invoice SS-")).first).to_be_visible()
    assert violations(page) == []
