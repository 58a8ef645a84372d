"""Returns of orders that nobody has paid lower what is to be paid, and those of which money was given back before give
back what there is."""

from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from platform_core.accounts.models import AccessRole
from tenant_shop.backoffice.today import INVOICES
from tenant_shop.companies.credit import open_amount
from tenant_shop.companies.models import CompanyMember
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.credit_notes.models import CreditNote
from tenant_shop.customers.models import Customer
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.loyalty.earn import earn_points
from tenant_shop.orders.models import Order
from tenant_shop.payments.capture import capture_order
from tenant_shop.payments.errors import GatewayRefused, NothingOpen
from tenant_shop.payments.gateways.demo import Card
from tenant_shop.payments.gateways.manual import ManualGateway
from tenant_shop.payments.instructions import how_to_pay
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment, PaymentEntry, PaymentRefund
from tenant_shop.payments.refund import refund_amount
from tenant_shop.payments.settle import settle
from tenant_shop.returns.mail import send_return_mails
from tenant_shop.returns.models import Return
from tenant_shop.returns.refund import refund_return, value_of
from tenant_shop.verification.verify_shop import verify_shop
from tests.companies import company_of, membership, ordered_by
from tests.loyalty import entries as points_of
from tests.loyalty import run_programme
from tests.paying import card_order, give_card, take_cards
from tests.people import staff_browser
from tests.returning import arrived, delivered, paid
from tests.shopper import Shopper
from tests.shopping import at_once, configure, everything, stocked


def letter() -> str:
    """The newest mail about a return."""
    mail.outbox.clear()
    send_return_mails(timezone.now())
    return str(mail.outbox[-1].body)


def amounts(order: Order) -> tuple[str, Decimal, Decimal]:
    found = Order.objects.get(pk=order.pk)
    return found.payment_status, found.credited_amount, found.owed_amount


def refunds() -> list[tuple[str, Decimal]]:
    return list(PaymentRefund.objects.order_by("created_at", "id").values_list("state", "amount"))


@pytest.fixture
def buyer(ann: Customer) -> CompanyMember:
    configure(company_accounts=True, country="DE", store_name="Harbour Kitchen")
    company_of(ann, pay_later=True, credit_limit=100)
    return membership(ann)


def test_what_comes_back_of_an_order_on_account_need_not_be_paid(ann: Customer, buyer: CompanyMember) -> None:
    run_programme()
    order = delivered(ordered_by(buyer, (stocked(price="10.00", stock=5), 3), payment_method="pay_later"))
    earn_points(order.pk, actor="x")
    assert open_amount(buyer.company_id, "EUR") == Decimal("34.90")
    asked = arrived(ann, order, 2, restock=True)
    assert "takes it off what you have to pay" in letter()
    assert value_of(asked, shipping=False) == Decimal("20.00")
    assert refund_return(asked.pk, shipping=False, actor="x").status == "refunded"
    assert amounts(order) == ("pending", Decimal("20.00"), 0)
    told = OutboxEvent.objects.get(topic="order.credited").payload
    assert (told["total"], told["credited"], told["credited_total"]) == ("34.900", "20.00", "20.000")
    page = Shopper().get(f"/orders/{order.public_token}/").content.decode()
    assert "<dt>Total</dt><dd>€34.90</dd>" in page
    assert "<dt>Taken off for what came back</dt><dd>\N{MINUS SIGN} €20.00</dd>" in page
    assert "<dt>Costs in the end</dt><dd>€14.90</dd>" in page
    assert (open_amount(buyer.company_id, "EUR"), PaymentEntry.objects.count()) == (Decimal("14.90"), 0)
    assert points_of(ann) == [("earned", 30), ("taken_back", -20)]
    assert refunds() == [("credited", Decimal("20.00"))]
    note = CreditNote.objects.get()
    assert (note.number, note.order_id, note.total_amount) == (f"{order.order_number}-1", order.pk, Decimal("20.00"))
    assert "You need not pay €20.00 for these goods any more:" in (told := letter())
    assert "Of your order €14.90 are still to be paid." in told
    facts = how_to_pay(Order.objects.get(), shop_settings()).facts
    assert [value for _, value in facts[:3]] == ["€14.90", order.order_number, "€20.00"]
    assert verify_shop() == []
    mark_as_paid(order.pk, actor="x")
    assert PaymentEntry.objects.get().amount == Decimal("14.90")
    assert amounts(order) == ("paid", Decimal("20.00"), 0)
    assert refund_return(arrived(ann, order, 1).pk, shipping=True, actor="x").status == "refunded"
    assert refunds()[1:] == [("succeeded", Decimal("14.90"))]
    assert verify_shop() == []


def test_an_order_on_account_that_comes_back_whole_is_no_open_invoice(ann: Customer, buyer: CompanyMember) -> None:
    order = delivered(ordered_by(buyer, (stocked(price="10.00", stock=5), 2), payment_method="pay_later"))
    asked = arrived(ann, order, 2)
    assert refund_return(asked.pk, shipping=True, actor="x").status == "refunded"
    assert amounts(order) == ("refunded", Decimal("24.90"), 0)
    assert open_amount(buyer.company_id, "EUR") == 0
    assert not Order.objects.filter(INVOICES).exists()
    assert "still to be paid" not in letter()
    before = everything()
    with pytest.raises(NothingOpen):
        mark_as_paid(order.pk, actor="x")
    assert everything() == before, "there is nothing to pay"
    assert verify_shop() == []


def test_clerks_at_the_same_moment_credit_once(selling: Any, ann: Customer, order: Order) -> None:
    asked = arrived(ann, order, 2)
    results = at_once(selling, [partial(refund_return, asked.pk, shipping=False, actor="x")] * 3)
    assert [type(result) for result in results] == [Return] * 3
    assert refunds() == [("credited", Decimal("20.00"))]
    assert verify_shop() == []


def test_of_what_was_paid_in_part_the_unpaid_rest_is_credited_first(ann: Customer, order: Order) -> None:
    payment = Payment.objects.get(order=order)
    settle(payment.pk, kind=PaymentEntry.Kind.CAPTURED, amount=Decimal("12.00"), actor="x")
    asked = arrived(ann, order, 3, 1)
    assert refund_return(asked.pk, shipping=True, actor="x").status == "refunded"
    assert refunds() == [("credited", Decimal("32.90")), ("succeeded", Decimal("12.00"))]
    assert amounts(order) == ("refunded", Decimal("32.90"), 0)
    assert "We have given €12.00 back for these goods, and you need not pay €32.90 for them:" in letter()
    assert verify_shop() == []


def test_of_what_a_card_promises_what_came_back_is_not_taken(ann: Customer) -> None:
    take_cards(store_name="Harbour Kitchen")
    order, payment = card_order(quantity=2, customer_id=ann.pk)
    give_card(Card.AUTHORIZES, order, payment)
    refund_return(arrived(ann, delivered(order), 1).pk, shipping=False, actor="x")
    assert amounts(order) == ("authorized", Decimal("10.00"), 0)
    assert capture_order(order.pk, actor="x").payment_status == "paid"
    assert list(PaymentEntry.objects.values_list("kind", "amount")) == [
        ("authorized", Decimal("24.90")),
        ("captured", Decimal("14.90")),
        ("voided", Decimal("10.00")),
    ]
    assert verify_shop() == []


def test_a_kindness_leaves_less_to_give_back_and_the_return_is_done_with_it(ann: Customer, order: Order) -> None:
    payment = Payment.objects.get(order=paid(order))
    refund_amount(payment.pk, amount=Decimal("15.00"), key="sorry", actor="x")
    asked = arrived(ann, order, 3, 1)
    assert (value_of(asked, shipping=False), value_of(asked, shipping=True)) == (Decimal("29.90"), Decimal("29.90"))
    assert refund_return(asked.pk, shipping=True, actor="x").status == "refunded"
    assert refunds() == [("succeeded", Decimal("15.00")), ("succeeded", Decimal("29.90"))]
    assert amounts(order) == ("refunded", 0, 0)
    assert "We have given €29.90 back for these goods:" in letter()
    assert verify_shop() == []


def test_a_return_of_which_all_was_given_back_by_amount_is_closed_without_money(ann: Customer, order: Order) -> None:
    payment = Payment.objects.get(order=paid(order))
    refund_amount(payment.pk, amount=Decimal("44.90"), key="all", actor="x")
    asked = arrived(ann, order, 3)
    assert refund_return(asked.pk, shipping=False, actor="x").status == "refunded"
    assert refunds() == [("succeeded", Decimal("44.90"))]
    assert "Everything that you are owed for these goods has been given back:" in letter()
    assert verify_shop() == []


def test_what_a_gateway_refuses_of_the_rest_leaves_the_return_open(
    ann: Customer, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = Payment.objects.get(order=paid(order))
    refund_amount(payment.pk, amount=Decimal("15.00"), key="sorry", actor="x")
    asked = arrived(ann, order, 3, 1)

    def refused(*args: Any, **how: Any) -> Any:
        raise GatewayRefused("manual", "no")

    with monkeypatch.context() as patched:
        patched.setattr(ManualGateway, "refund", refused)
        with pytest.raises(GatewayRefused):
            refund_return(asked.pk, shipping=False, actor="x")
    assert (Return.objects.get().status, value_of(asked, shipping=False)) == ("received", Decimal("29.90"))
    assert refund_return(asked.pk, shipping=False, actor="x").status == "refunded"


def test_the_returns_page_says_what_will_happen(selling: Any, ann: Customer, order: Order) -> None:
    asked = arrived(ann, order, 1)
    browser = staff_browser(selling, AccessRole.EDITOR)
    page = f"/admin/tenant_shop/return/{asked.pk}/"
    shown = browser.get(f"{page}change/").content.decode()
    assert "The order is not paid: €10.00 of this are taken off what is to be paid" in shown
    assert "Take it off what is to be paid" in shown
    assert "Give the money back" not in shown
    done = browser.post(f"{page}refund/", follow=True).content.decode()
    assert "The return is refunded now" in done
    assert "€10.00 of it need not be paid any more." in done
    mark_as_paid(order.pk, actor="x")
    payment = Payment.objects.get(order=order)
    refund_amount(payment.pk, amount=Decimal("30.00"), key="sorry", actor="x")
    other = arrived(ann, order, 2)
    shown = browser.get(f"/admin/tenant_shop/return/{other.pk}/change/").content.decode()
    assert "What came back is worth <strong>€20.00</strong>" in shown
    assert "€4.90 can still go back, and then the return is done." in shown
    assert "Give the money back" in shown
