"""A merchant gives a line of a paid order back: shelf, ledger, credit note and figures say the same."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.analytics.roll_up import roll_up_changes
from tenant_shop.documents.models import Document
from tenant_shop.inventory.models import StockMovement
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import PaymentEntry
from tests.browser import NARROW, WIDE
from tests.documents import selling, text_of
from tests.people import PASSWORD, let_in, make_user
from tests.shopping import order_of, stock_of, stocked

# The browser knows where hosts below localhost are; playwright's own client does not.
FETCH = "async link => Array.from(new Uint8Array(await (await fetch(link)).arrayBuffer()))"


@pytest.mark.slow
def test_a_line_that_is_given_back_is_so_everywhere(make_shop: Any, site: Any, browser: Any, violations: Any) -> None:
    shop: TenantInfo = make_shop("acme")
    with tenant_context(shop):
        selling()
        mug, bowl = stocked(name="Mug", sku="MUG", price="10.00"), stocked(name="Bowl", sku="BOWL", price="20.00")
        order = order_of((mug, 2), (bowl, 1))
        mark_as_paid(order.pk, actor="ann")
    let_in(make_user(), shop)
    page = browser.new_context(viewport={"width": WIDE, "height": 900}).new_page()
    page.goto(site.url("acme", "/login/"))
    page.get_by_label("E-mail address").fill("owner@acme.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/dashboard/")
    change = site.url("acme", f"/admin/tenant_shop/order/{order.pk}/change/")
    page.goto(change)
    page.get_by_role("button", name="Issue the invoice").click()
    page.get_by_text("Invoice INV-000001 is issued.").wait_for()
    page.get_by_role("link", name="Give money back").click()
    page.wait_for_url("**/refund/")
    page.get_by_label(re.compile("Mug · MUG")).first.fill("2")
    page.get_by_label("Put the goods back on sale").check()
    page.get_by_role("button", name="Give these back").click()
    page.get_by_text("€23.80 was given back.").wait_for()

    page.get_by_role("link", name="Credit note CN-000001").wait_for()
    assert violations(page) == []
    page.set_viewport_size({"width": NARROW, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    link = page.get_by_role("link", name="Credit note CN-000001").get_attribute("href")
    pdf = bytes(page.evaluate(FETCH, link))
    with tenant_context(shop):
        note = Document.objects.get(kind="credit_note")
        assert (note.total_amount, note.tax_amount) == (Decimal("23.80"), Decimal("3.80"))
        assert "Total €23.80" in text_of(pdf)
        assert stock_of(mug) == 10
        assert StockMovement.objects.filter(variant=mug).count() == 3
        entry = PaymentEntry.objects.get(kind="refunded")
        assert (entry.amount, entry.details["refund"]) == (Decimal("23.80"), str(note.about))
        roll_up_changes(datetime.now(UTC))
    page.goto(site.url("acme", "/dashboard/?days=1"))
    # 40.00 of goods, 7.60 of tax and 5.83 of delivery with its tax, less what went back.
    page.locator("#number-sales .home-value").get_by_text("€29.63").wait_for()
