"""Paying by card in a real browser: with scripts and without, wide and narrow, in both looks."""

from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from platform_core.tenancy import directory
from tenant_shop.models import Order, Payment, PaymentEntry
from tenant_shop.payments.gateways.demo import Card
from tenant_shop.verification.verify_shop import verify_shop
from tests.browser import NARROW, WIDE
from tests.factories.catalog import ProductFactory
from tests.paying import NUMBERS

pytestmark = pytest.mark.slow


@pytest.fixture
def mug(selling, configure) -> Any:
    configure(payment_methods=["test_card", "bank_transfer", "cash_on_delivery"], test_mode=True)
    return ProductFactory(name="Stoneware mug", slug="mug", price=Decimal("24.00"), stock=5)


def order_by_card(page: Any, site: Any) -> None:
    page.goto(site.url("acme", "/products/mug/"))
    quantity = page.get_by_role("spinbutton").first
    quantity.fill("1")
    quantity.press("Enter")
    page.wait_for_url("**/cart/")
    page.get_by_role("link", name="Check out").click()
    page.get_by_label("E-mail").fill("ann@example.com")
    page.get_by_label("First name").first.fill("Ann")
    page.get_by_label("Last name").first.fill("Example")
    page.get_by_label("Street and house number").first.fill("1 Main Street")
    page.get_by_label("Postal code").first.fill("10115")
    page.get_by_label("City").first.fill("Berlin")
    page.get_by_label("Test card").check()
    page.get_by_role("button", name="Order and pay").click()
    page.get_by_role("heading", name="Payment", exact=True).wait_for()


def give(page: Any, card: Card) -> None:
    page.get_by_label("Card number").fill(NUMBERS[card])
    page.get_by_label("Valid until").fill("12/99")
    page.get_by_label("Security code").fill("123")
    page.get_by_role("button", name="Pay · €28.90").click()


@pytest.mark.usefixtures("mug")
@pytest.mark.parametrize(
    ("look", "javascript", "width"),
    [("atelier", True, WIDE), ("atelier", False, NARROW), ("market", True, NARROW), ("market", False, WIDE)],
)
def test_a_guest_whose_card_fails_pays_with_another_that_asks_the_bank(
    platform: Any, shop: Any, site: Any, browser: Any, violations: Any, look: str, javascript: bool, width: int
) -> None:
    platform.update_tenant("acme", theme_config={"look": look})
    directory.forget(shop.id)
    context = browser.new_context(java_script_enabled=javascript, viewport={"width": width, "height": 900})
    page = context.new_page()
    seen: dict[str, list[str]] = {}

    def check(place: str) -> None:
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        seen[place] = [f"{wider} px too wide"] if wider > 0 else []
        if javascript:
            page.wait_for_load_state("networkidle")
            seen[place] += violations(page)

    order_by_card(page, site)
    order = Order.objects.get()
    path = site.url("acme", f"/orders/{order.public_token}/pay/")
    expect(page).to_have_url(path)
    check("payment")

    page.get_by_role("button", name="Pay · €28.90").click()
    page.get_by_role("link", name="Please check the card number.").wait_for()
    check("no card")

    give(page, Card.DECLINED)
    page.get_by_text("Your card was declined.").wait_for()
    check("declined")
    page.reload()
    expect(page.get_by_text("Your card was declined.")).to_be_visible()

    give(page, Card.SECOND_STEP)
    page.get_by_role("button", name="Confirm the payment").wait_for()
    check("bank")
    page.goto(path)
    page.get_by_role("link", name="Continue to your bank").click()
    page.get_by_role("button", name="Confirm the payment").click()

    page.get_by_role("heading", name="Thank you for your order").wait_for()
    expect(page).to_have_url(site.url("acme", f"/orders/{order.public_token}/"))
    check("confirmation")
    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("confirmed", "paid")
    assert sorted(PaymentEntry.objects.values_list("kind", flat=True)) == ["captured", "failed"]
    page.go_back()
    page.reload()
    assert Payment.objects.filter(state="done").count() == 1
    assert {place: problems for place, problems in seen.items() if problems} == {}
    assert verify_shop() == []


@pytest.mark.usefixtures("mug")
def test_a_page_that_waits_looks_again_by_itself(site: Any, browser: Any) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    order_by_card(page, site)
    give(page, Card.ANSWER_LOST)
    page.get_by_role("heading", name="We are waiting for the answer").wait_for()
    page.get_by_role("heading", name="Thank you for your order").wait_for()
    assert Order.objects.get().payment_status == "paid"
