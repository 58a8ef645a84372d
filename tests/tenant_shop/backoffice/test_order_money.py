"""What an order's page says of its money: who bought, what came and went back and why, what is open."""

from decimal import Decimal
from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.carts.coupon import apply_coupon
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import Payment, PaymentEntry, PaymentRefund
from tenant_shop.payments.refund import refund_amount, refund_lines
from tenant_shop.payments.settle import settle
from tenant_shop.returns.models import Return
from tenant_shop.returns.request import request_return
from tenant_shop.taxes.models import TaxRate
from tests.accounts import account
from tests.factories.promotions import DiscountCodeFactory
from tests.people import staff_browser
from tests.returning import DAMAGED, delivered, paid, pieces
from tests.shopping import cart_with, configure, order_from, order_of, stocked
from tests.statements import StatementCount


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    configure(tax_rate="0.19", prices_include_tax=True)


def page_of(browser: Any, order: Order) -> Any:
    return browser.get(f"/admin/tenant_shop/order/{order.pk}/change/")


def test_sums_discounts_and_taxes_are_told_by_name(shop: TenantInfo) -> None:
    TaxRate.objects.create(country="DE", tax_class="reduced", rate=Decimal("0.07"))
    DiscountCodeFactory(code="LOYAL", name="For our friends", type="fixed_amount", value="26")
    cart = cart_with((stocked(price="119.00"), 1), (stocked(price="107.00", tax_class="reduced"), 1))
    apply_coupon(cart, "LOYAL")
    order = order_from(cart, expected_total=Decimal("204.90"))
    browser = staff_browser(shop)
    page = page_of(browser, order)
    assert page.context["sums"] == [("Total", "€204.90"), ("Paid", "€0.00"), ("Open", "€204.90")]
    assert page.context["discounts"] == [("LOYAL · For our friends", "€26.00")]
    assert [rate for rate, _ in page.context["taxes"]] == ["19%", "7%"]
    assert (page.context["refunds"], page.context["returns"], page.context["buyer"]) == ([], [], None)
    cancel_order(order.pk, reason="", actor="ann")
    assert page_of(browser, order).context["discounts"] == [("LOYAL · For our friends", "€26.00")]


def test_each_refund_stands_with_its_reason_and_its_goods_and_what_is_left(shop: TenantInfo) -> None:
    order = paid(order_of((stocked(name="Mug", price="10.00"), 3)))
    payment = Payment.objects.get()
    refund_lines(order.pk, wanted=pieces(order, 2), shipping=True, restock=True, key="one", actor="x", reason="Cracked")
    refund_amount(payment.pk, amount=Decimal("1.50"), key="two", actor="x")
    PaymentRefund.objects.create(
        payment=payment, amount="2.00", currency="EUR", state="failed", key="three", actor="x", problem="Card closed."
    )
    page = page_of(staff_browser(shop), order)
    assert page.context["sums"] == [
        ("Total", "€34.90"),
        ("Paid", "€34.90"),
        ("Given back", "€26.40"),
        ("Open", "€0.00"),
        ("Could be given back", "€8.50"),
    ]
    told = [{name: value for name, value in each.items() if name != "at"} for each in page.context["refunds"]]
    nothing = {"problem": "", "reason": "", "lines": []}
    assert told == [
        {
            "amount": "€24.90",
            "became": "given back",
            "problem": "",
            "reason": "Cracked",
            "lines": ["2 \N{MULTIPLICATION SIGN} Mug", "delivery €4.90", "back on sale"],
        },
        {**nothing, "amount": "€1.50", "became": "given back"},
        {**nothing, "amount": "€2.00", "became": "did not go back", "problem": "Card closed."},
    ]
    assert "Reason: Cracked" in page.content.decode()


def test_what_was_given_back_at_the_payment_service_stands_there_too(shop: TenantInfo) -> None:
    order = paid(order_of((stocked(price="10.00"), 1)))
    settle(
        Payment.objects.get().pk,
        kind=PaymentEntry.Kind.REFUNDED,
        amount=Decimal("3.00"),
        actor="demo",
        provider_event_id="re_1",
    )
    (told,) = page_of(staff_browser(shop), order).context["refunds"]
    assert (told["amount"], told["became"], told["lines"]) == (
        "€3.00",
        "given back",
        ["at the payment service (manual)"],
    )


def test_the_customer_is_led_to_with_what_they_are_worth_and_returns_stand_there(shop: TenantInfo) -> None:
    ann = account("ann@example.com")
    first = delivered(paid(order_of((stocked(price="10.00"), 1), customer_id=ann.pk, email=ann.email)))
    order = delivered(paid(order_of((stocked(price="20.00"), 2), customer_id=ann.pk, email=ann.email)))
    refund_amount(Payment.objects.get(order=first).pk, amount=Decimal("4.90"), key="one", actor="x")
    request_return(ann, order.pk, pieces(order, 2), reason=DAMAGED)
    page = page_of(staff_browser(shop), order)
    assert page.context["buyer"] == {
        "url": f"/admin/tenant_shop/customer/{ann.pk}/change/",
        "name": ann.full_name or ann.email,
        "value": "€54.90",
        "orders": 2,
    }
    asked = Return.objects.get()
    assert [{name: value for name, value in each.items() if name != "at"} for each in page.context["returns"]] == [
        {
            "url": f"/admin/tenant_shop/return/{asked.pk}/change/",
            "status": "Requested",
            "about": "2 pieces, damaged",
            "answer": "",
        }
    ]
    text = page.content.decode()
    assert f'href="/admin/tenant_shop/customer/{ann.pk}/change/"' in text
    assert f'href="/admin/tenant_shop/return/{asked.pk}/change/"' in text


def test_the_page_costs_the_same_however_many_refunds_returns_and_orders_there_are(shop: TenantInfo) -> None:
    ann, browser = account("ann@example.com"), staff_browser(shop)
    order = delivered(paid(order_of((stocked(), 9), customer_id=ann.pk, email=ann.email)))
    payment, counts = Payment.objects.get(), []
    for number in range(3):
        for step in range(1 + number):
            refund_amount(payment.pk, amount=Decimal("1.00"), key=f"{number}-{step}", actor="x")
        request_return(ann, order.pk, pieces(order, 1), reason=DAMAGED)
        page_of(browser, order)  # what is asked once a process is asked
        with StatementCount() as statements:
            page = page_of(browser, order)
        counts.append(statements.count)
        paid(order_of((stocked(), 1), customer_id=ann.pk, email=ann.email))
    assert (len(page.context["refunds"]), len(page.context["returns"])) == (6, 3)
    assert counts[0] == counts[1] == counts[2]
