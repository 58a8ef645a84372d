"""Pages that are rarely met: terms that changed at the checkout, an order that is cancelled, a company that waits, and
behind the counter a card that is let go and a return of what nobody has paid. Accessible, and as wide as the window.
"""

from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.models import Order, Page
from tenant_shop.payments.gateways.demo import Card
from tests.accounts import PASSWORD, account
from tests.browser import NARROW, WIDE
from tests.factories.catalog import ProductFactory
from tests.paying import card_order, give_card, take_cards
from tests.people import let_in, make_user
from tests.returning import arrived, delivered
from tests.shopping import configure, order_of, stocked
from tests.tenant_shop.backoffice.test_staff_in_browser import log_in as log_in_at_the_counter
from tests.tenant_shop.storefront.test_purchase import BUYER

pytestmark = pytest.mark.slow

TWO_WAYS = [
    {"code": "standard", "name": "Standard", "amount": "4.90"},
    {"code": "express", "name": "Express", "amount": "9.90"},
]
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def check(page: Any, violations: Any) -> None:
    assert violations(page) == [], page.url
    assert page.evaluate(TOO_WIDE) == 0, page.url


@pytest.mark.parametrize(("width", "prefix"), [(NARROW, "/ar"), (WIDE, "")])
def test_a_shopper_meets_new_terms_a_cancelled_order_and_a_company_that_waits(
    selling: TenantInfo, site: Any, browser: Any, violations: Any, width: int, prefix: str
) -> None:
    configure(languages=["en", "ar"], terms_need_tick=True, company_accounts=True, payment_methods=["bank_transfer"])
    Page.objects.filter(slug="terms").update(is_published=True, body="You pay, we send.")
    ProductFactory(name="Stoneware mug", slug="mug", stock=9)
    account()
    page = browser.new_context(viewport={"width": width, "height": 844}, java_script_enabled=True).new_page()
    page.goto(site.url("acme", f"{prefix}/products/mug/"))
    page.locator("form[action$='/cart/lines/add/mug/'] button[type=submit]").first.click()
    page.wait_for_url("**/cart/")
    page.goto(site.url("acme", f"{prefix}/checkout/"))
    for name in ("email", "first_name", "last_name", "address1", "postal_code", "city"):
        page.locator(f"main [name={name}]").fill(BUYER[name])
    page.locator("main [name=terms]").check()
    Page.objects.filter(slug="terms").update(body="You pay twice, we send.")
    page.locator("main [name=action][value=order]").click()
    page.locator(".alert--warning").wait_for()
    assert page.locator("main [name=terms]").is_checked() is False
    assert Order.objects.count() == 0
    check(page, violations)
    page.locator("main [name=terms]").check()
    page.locator("main [name=action][value=order]").click()
    page.wait_for_url("**/orders/**")

    page.locator(".ask > summary").click()
    check(page, violations)
    page.locator(".ask button").click()
    page.locator(".ask").wait_for(state="detached")
    assert Order.objects.get().status == "cancelled"
    check(page, violations)

    page.goto(site.url("acme", f"{prefix}/account/log-in/?next={prefix}/account/company/"))
    page.locator("main [type=email]").fill("ann@example.com")
    page.locator("main [type=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/account/company/")
    for name, value in {"name": "Example Ltd", "address1": "1 Ring", "postal_code": "10115", "city": "Berlin"}.items():
        page.locator(f"main [name=company-{name}]").fill(value)
    page.locator("main form:has([name=company-name]) button[type=submit]").click()
    page.locator("main [name=company-name]").wait_for(state="detached")
    check(page, violations)
    page.context.close()


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_staff_meet_a_promise_a_return_of_what_is_unpaid_and_the_versions_of_terms(
    selling: TenantInfo, site: Any, browser: Any, violations: Any, width: int
) -> None:
    let_in(make_user(), selling)
    take_cards()
    Page.objects.filter(slug="terms").update(is_published=True, body="You pay, we send.")
    promised, payment = card_order()
    give_card(Card.AUTHORIZES, promised, payment)
    ann = account()
    unpaid = delivered(order_of((stocked(), 2), customer_id=ann.pk, payment_method="cash_on_delivery"))
    asked = arrived(ann, unpaid, 1)
    page = browser.new_context(viewport={"width": width, "height": 844}).new_page()
    log_in_at_the_counter(page, site, "owner@acme.example")
    for path, words in {
        f"/admin/tenant_shop/order/{promised.pk}/change/": "Let the card go",
        f"/admin/tenant_shop/return/{asked.pk}/change/": unpaid.order_number,
        "/admin/tenant_shop/termsversion/": "terms",
    }.items():
        page.goto(site.url("acme", path))
        assert words in page.content(), path
        check(page, violations)
    page.context.close()


def test_what_is_typed_while_the_checkout_is_priced_anew_stays(selling: TenantInfo, site: Any, browser: Any) -> None:
    """On a slow line: the answer comes after the shopper has gone on."""
    configure(payment_methods=["bank_transfer", "cash_on_delivery"], shipping_rates=TWO_WAYS)
    ProductFactory(name="Stoneware mug", slug="mug", stock=9)
    page = browser.new_context(viewport={"width": NARROW, "height": 844}).new_page()
    page.goto(site.url("acme", "/products/mug/"))
    page.locator("form[action$='/cart/lines/add/mug/'] button[type=submit]").first.click()
    page.wait_for_url("**/cart/")
    page.goto(site.url("acme", "/checkout/"))
    held: list[Any] = []
    page.route("**/checkout/", lambda route: held.append(route))
    page.locator("main [name=last_name]").fill("Before")
    page.locator("form.checkout").evaluate("form => { form.dataset.former = 'yes' }")
    page.locator("main [name=shipping_method][value=express]").check()
    page.locator(".htmx-request").first.wait_for(state="attached")
    page.locator("main [name=payment_method][value=cash_on_delivery]").check()
    page.locator("main [name=last_name]").fill("Meanwhile")
    page.locator("main [name=notes]").press_sequentially("Ring tw")
    held[0].continue_()
    page.locator("form.checkout:not([data-former])").wait_for()
    page.keyboard.type("ice")
    assert page.locator("main [name=payment_method]:checked").get_attribute("value") == "cash_on_delivery"
    assert page.locator("main [name=shipping_method]:checked").get_attribute("value") == "express"
    assert page.locator("main [name=last_name]").input_value() == "Meanwhile"
    assert page.locator("main [name=notes]").input_value() == "Ring twice"
    page.context.close()
