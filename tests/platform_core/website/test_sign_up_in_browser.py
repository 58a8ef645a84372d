"""From a link with a coupon to the shop, and to the first bill that is paid: asked at a desk, confirmed on a phone."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from platform_core.billing.by_hand import note_transfer
from platform_core.billing.coupons.models import PlanCoupon
from platform_core.billing.models import BillingInvoice
from platform_core.billing.run import billing_run
from platform_core.plans.models import TenantPlan
from tests.browser import NARROW, WIDE, Site
from tests.people import PASSWORD
from tests.platform_core.accounts.posting import mails, path_in

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("fleet", "kept_plans")]


def test_a_merchant_signs_up_with_a_coupon_and_pays_what_was_promised(
    site: Site, browser: Any, violations: Callable[[Any], list[str]]
) -> None:
    TenantPlan.objects.filter(name="premium").update(monthly_price=Decimal(80), setup_fee=0)
    PlanCoupon.objects.create(code="SPRING", kind="percentage", value=Decimal(25), periods=2)
    wrong: list[str] = []

    def look(page: Any, name: str) -> None:
        for width in (NARROW, WIDE):
            page.set_viewport_size({"width": width, "height": 900})
            wrong.extend(f"{name} at {width}: {each}" for each in violations(page))
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                wrong.append(f"{name} at {width}: too wide")

    desk = browser.new_context().new_page()
    desk.goto(site.url("", "/pricing/?coupon=spring"))
    expect(desk.get_by_text("With the coupon SPRING you pay 25 % less for 2 periods.")).to_be_visible()
    look(desk, "pricing")
    desk.get_by_role("link", name="Open a shop on Basic").click()
    desk.get_by_label("Name of the shop").fill("Lamp House")
    desk.get_by_label("Address", exact=True).fill("lamps")
    desk.get_by_label("Premium").check()
    expect(desk.locator("#first-bill .totals__sum dd")).to_have_text("$60.00")
    desk.get_by_label("E-mail address").fill("ann@lamps.example")
    look(desk, "sign-up")
    desk.get_by_role("button", name="Open my shop").click()
    expect(desk.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    look(desk, "asked")

    (message,) = mails()
    phone = browser.new_context(viewport={"width": NARROW, "height": 900}).new_page()
    phone.goto(site.url("", path_in(message)))
    expect(phone.locator(".totals__sum dd")).to_have_text("$60.00")
    look(phone, "confirm")
    phone.get_by_label("Password").fill(PASSWORD)
    phone.get_by_role("button", name="Open my shop").click()
    expect(phone.get_by_role("heading", name="Lamp House is open")).to_be_visible(timeout=30_000)
    look(phone, "progress")
    phone.goto(site.url("", "/shops/"))
    look(phone, "shops")
    phone.goto(site.url("", path_in(message)))
    expect(phone.get_by_role("heading", name="Lamp House is open")).to_be_visible()

    first_day = timezone.now().date() + timedelta(days=14)
    list(billing_run(first_day))
    invoice = BillingInvoice.objects.get()
    assert (invoice.issued_date, invoice.total_amount) == (first_day, Decimal(60))
    note_transfer(invoice.invoice_number, on=first_day, today=first_day)
    phone.get_by_role("link", name="Open your shop").click()
    phone.wait_for_url("**/dashboard/**")
    phone.goto(site.url("lamps", "/admin/plan/"))
    expect(phone.get_by_role("row", name=invoice.invoice_number)).to_contain_text("Paid")
    expect(phone.get_by_text("Coupon SPRING").first).to_be_visible()
    assert wrong == []
