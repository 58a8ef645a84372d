"""What companies order: on which terms, in whose name, with whose tax."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.companies.credit import open_amount
from tenant_shop.companies.errors import (
    ApprovalNeeded,
    CreditExceeded,
    PurchaseNumberInvalid,
    PurchaseNumberMissing,
)
from tenant_shop.companies.models import Company, CompanyMember
from tenant_shop.companies.send_request import send_for_approval
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.models import Customer
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.inventory.models import StockMovement
from tenant_shop.orders.approval import Approval
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.confirmation import compose
from tenant_shop.orders.errors import PaymentMethodUnavailable, TotalChanged
from tenant_shop.orders.expire import expire_unpaid
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.methods import offered, offered_to
from tenant_shop.pricing.groups import group_of_id
from tenant_shop.pricing.models import CustomerGroup, PriceList, PriceListEntry, QuantityRule
from tenant_shop.shipping.models import ShippingZone, ShippingZoneRate
from tenant_shop.verification.verify_shop import verify_shop
from tests.accounts import account
from tests.companies import AT_ID, DE_ID, VIENNA, answers, cart_of, company_of, joined, membership, ordered_by
from tests.factories.promotions import DiscountCodeFactory
from tests.shopping import ADDRESS, at_once, configure, everything, order_of, settings_of, stocked
from tests.statements import StatementCount

EUR = Decimal


def on(company: Company, **values: Any) -> Company:
    """The company on other terms."""
    Company.objects.filter(pk=company.pk).update(**values)
    return Company.objects.get(pk=company.pk)


def mail_of(order: Order) -> str:
    event = OutboxEvent.objects.get(topic="mail.order_placed", payload__order_id=str(order.pk))
    return str(compose(event).body)


def test_a_members_order_is_the_companys_under_its_name_of_today(buyer: CompanyMember) -> None:
    on(buyer.company, tax_id=DE_ID, tax_id_state="format_ok")
    order = ordered_by(buyer, (stocked(), 1), purchase_number=" PO  7 ")
    on(buyer.company, name="Renamed", tax_id=AT_ID)
    order.refresh_from_db()
    assert (order.company_id, order.company_name, order.company_tax_id) == (buyer.company_id, "Example Ltd", DE_ID)
    assert (order.purchase_number, order.reverse_charge, order.customer_id) == ("PO 7", False, buyer.customer_id)
    placed = OutboxEvent.objects.get(topic="order.created").payload
    assert placed["company"] == {"id": str(buyer.company_id), "name": "Example Ltd", "tax_id": DE_ID}
    assert placed["purchase_number"] == "PO 7"
    text = mail_of(order)
    assert ("Company: Example Ltd" in text, f"Tax id: {DE_ID}" in text, "Purchase order: PO 7" in text) == (True,) * 3
    assert verify_shop() == []


@pytest.mark.parametrize("why", ["stopped", "pending", "blocked", "switched off"])
def test_who_may_not_buy_for_the_company_buys_for_themselves(why: str, buyer: CompanyMember) -> None:
    match why:
        case "stopped":
            CompanyMember.objects.filter(pk=buyer.pk).update(is_active=False)
        case "switched off":
            configure(company_accounts=False)
        case _:
            on(buyer.company, status=why)
    on(buyer.company, pay_later=True, credit_limit=1000, purchase_number_required=True)
    order = ordered_by(buyer, (stocked(), 1), purchase_number="PO 7")
    assert (order.company_id, order.company_name, order.purchase_number) == (None, "", "")
    assert "company" not in OutboxEvent.objects.get(topic="order.created").payload
    with pytest.raises(PaymentMethodUnavailable):
        ordered_by(buyer, (stocked(), 1), payment_method="pay_later")


def test_a_purchase_order_number_is_asked_for_where_the_company_wants_one(buyer: CompanyMember) -> None:
    on(buyer.company, purchase_number_required=True)
    mug = stocked()
    sent = answers(cart_of(buyer.customer, (mug, 1)), buyer.customer, buyer.company)
    before = everything()
    for number, refusal in (
        ("  ", PurchaseNumberMissing),
        ("7" * 51, PurchaseNumberInvalid),
        ("a\0", PurchaseNumberInvalid),
    ):
        with pytest.raises(refusal):
            place_order(**sent, purchase_number=number)
    assert everything() == before
    assert place_order(**sent, purchase_number="7" * 50).purchase_number == "7" * 50


def test_paying_later_is_offered_to_companies_that_may_and_to_nobody_else(buyer: CompanyMember) -> None:
    settings = shop_settings()
    assert "pay_later" not in [method.code for method in offered(settings)]
    assert "pay_later" not in [method.code for method in offered_to(settings, None)]
    assert "pay_later" not in [method.code for method in offered_to(settings, buyer.company)]
    company = on(buyer.company, pay_later=True)
    assert [method.code for method in offered_to(settings, company)] == [
        "pay_later",
        "bank_transfer",
        "cash_on_delivery",
    ]
    assert "pay_later" not in [m.code for m in offered_to(settings, on(company, status="blocked"))]
    configure(company_accounts=True, country="DE", payment_methods=["pay_later", "bank_transfer"])
    assert [method.code for method in offered(shop_settings())] == ["bank_transfer"]
    with pytest.raises(PaymentMethodUnavailable):
        order_of((stocked(), 1), payment_method="pay_later")


def test_an_order_on_account_is_sent_at_once_and_due_by_its_terms(buyer: CompanyMember) -> None:
    company = on(buyer.company, pay_later=True, credit_limit=100, payment_days=14)
    configure(company_accounts=True, country="DE", payment_instructions="Example Bank\nDE02 1203")
    order = ordered_by(buyer, (stocked(price="10.00"), 1), payment_method="pay_later")
    assert (order.status, order.payment_status, order.payment_gateway) == ("confirmed", "pending", "manual")
    assert order.payment_due_at is not None
    assert order.payment_due_at - order.created_at == pytest.approx(timedelta(days=14), abs=timedelta(minutes=1))
    assert open_amount(company.pk, "EUR") == EUR("14.90")
    text = mail_of(order)
    assert ("Payment: Pay later" in text, "DE02 1203" in text, "Pay by: " in text) == (True,) * 3
    # Long overdue: nobody cancels it, for the goods may be there already.
    Order.objects.update(payment_due_at=timezone.now() - timedelta(days=99))
    assert expire_unpaid(timezone.now()) == 0
    mark_as_paid(order.pk, actor="0190")
    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("confirmed", "paid")
    assert open_amount(company.pk, "EUR") == 0


def test_no_more_is_open_than_the_limit_and_paying_or_cancelling_frees_it(buyer: CompanyMember) -> None:
    on(buyer.company, pay_later=True, credit_limit="29.80")
    mug = stocked(price="10.00", stock=50)
    first = ordered_by(buyer, (mug, 1), payment_method="pay_later")
    second = ordered_by(buyer, (mug, 1), payment_method="pay_later")  # to the cent
    sent = answers(cart_of(buyer.customer, (mug, 1)), buyer.customer, buyer.company, payment_method="pay_later")
    before = everything()
    with pytest.raises(CreditExceeded) as refusal:
        place_order(**sent)
    assert (refusal.value.free, refusal.value.total) == (EUR("0"), EUR("14.90"))
    assert everything() == before
    mark_as_paid(first.pk, actor="0190")
    place_order(**sent)
    cancel_order(second.pk, reason="", actor="0190")
    ordered_by(buyer, (mug, 1), payment_method="pay_later")
    with pytest.raises(CreditExceeded):
        ordered_by(buyer, (mug, 1), payment_method="pay_later")
    cart_id = buyer.customer.carts.get(completed_at=None).pk
    other_way = answers(cart_id, buyer.customer, buyer.company, payment_method="bank_transfer")
    assert place_order(**other_way).payment_method == "bank_transfer"
    assert verify_shop() == []


def test_of_two_orders_at_once_only_one_fits_the_limit(buyer: CompanyMember, shop: TenantInfo) -> None:
    on(buyer.company, pay_later=True, credit_limit=20)
    mug = stocked(price="10.00", stock=50)
    calls = []
    for number in range(6):
        CompanyMember.objects.create(company=buyer.company, customer=account(f"{number}@example.com"), role="buyer")
        customer = membership(CompanyMember.objects.get(customer__email=f"{number}@example.com").customer).customer
        sent = answers(cart_of(customer, (mug, 1)), customer, buyer.company, payment_method="pay_later")
        calls.append(partial(place_order, **sent))
    results = at_once(shop, calls)
    assert sum(isinstance(result, Order) for result in results) == 1
    assert sum(isinstance(result, CreditExceeded) for result in results) == 5
    assert open_amount(buyer.company_id, "EUR") == EUR("14.90")
    assert StockMovement.objects.filter(reason="sale").count() == 1


@pytest.mark.parametrize(
    ("role", "company", "member", "total", "needs"),
    [
        ("buyer", {}, {}, "1000", False),
        ("buyer", {"approval_rule": "all"}, {}, "0.01", True),
        ("approver", {"approval_rule": "all"}, {}, "0.01", True),
        ("admin", {"approval_rule": "all"}, {}, "1000", False),
        ("buyer", {"approval_rule": "above", "approval_above": EUR("100")}, {}, "100", False),
        ("buyer", {"approval_rule": "above", "approval_above": EUR("100")}, {}, "100.01", True),
        ("buyer", {}, {"order_limit": EUR("50")}, "50", False),
        ("buyer", {}, {"order_limit": EUR("50")}, "50.01", True),
        ("buyer", {"approval_rule": "above", "approval_above": EUR("100")}, {"order_limit": EUR("50")}, "60", True),
        ("admin", {}, {"order_limit": EUR("50")}, "60", False),
    ],
)
def test_which_orders_need_an_approval(
    role: str, company: dict[str, Any], member: dict[str, Any], total: str, needs: bool
) -> None:
    asked = CompanyMember(company=Company(name="a", country="DE", **company), role=role, **member)
    assert asked.needs_approval(EUR(total)) is needs


def test_what_needs_an_approval_is_not_ordered_without(buyer: CompanyMember) -> None:
    on(buyer.company, approval_rule="above", approval_above=10)
    sent = answers(cart_of(buyer.customer, (stocked(price="10.00"), 1)), buyer.customer, buyer.company)
    before = everything()
    with pytest.raises(ApprovalNeeded):
        place_order(**sent)
    assert everything() == before


def taxed_abroad() -> CompanyMember:
    """An admin of an Austrian company with a confirmed id; the German shop's prices contain 19 % tax, 20 % in Austria,
    10 % on books, and it takes part in the reverse charge."""
    rates = [
        {"country": "AT", "state": "", "tax_class": "standard", "rate": "0.20"},
        {"country": "AT", "state": "", "tax_class": "books", "rate": "0.10"},
    ]
    configure(
        company_accounts=True,
        country="DE",
        reverse_charge=True,
        tax_rate="0.19",
        prices_include_tax=True,
        tax_rates=rates,
        shipping_rates=[{"code": "standard", "name": "Standard delivery", "amount": "6.00"}],
    )
    company_of(account(), name="Beispiel GmbH", country="AT", tax_id=AT_ID, tax_id_state="confirmed")
    return membership(CompanyMember.objects.get().customer)


def test_prices_with_tax_become_net_for_who_owes_the_tax() -> None:
    member = taxed_abroad()
    mug = stocked(name="Mug", price="9.99", stock=50)  # 8.325 without 20 %
    book = stocked(name="Book", price="11.00", tax_class="books")
    order = ordered_by(member, (mug, 3), (book, 1), shipping_address=VIENNA)
    first, second = order.items.all()
    assert (first.unit_price, first.total_price, first.tax_amount, first.tax_rate) == (EUR("8.33"), EUR("24.99"), 0, 0)
    assert (second.unit_price, second.total_price) == (EUR("10.00"), EUR("10.00"))
    assert (order.subtotal_amount, order.shipping_amount, order.tax_amount) == (EUR("34.99"), EUR("5.00"), 0)
    assert (order.total_amount, order.tax_included, order.reverse_charge) == (EUR("39.99"), False, True)
    assert (order.company_tax_id, order.company_name) == (AT_ID, "Beispiel GmbH")
    assert "Reverse charge: the tax is owed by the buyer." in mail_of(order)
    assert OutboxEvent.objects.get(topic="order.created").payload["reverse_charge"] is True
    assert verify_shop() == []


def test_discounts_are_worked_out_from_net_prices() -> None:
    member = taxed_abroad()
    DiscountCodeFactory(code=None, name="Ten off", value=EUR(10))
    order = ordered_by(member, (stocked(price="12.00"), 2), shipping_address=VIENNA)
    assert (order.subtotal_amount, order.discount_amount, order.total_amount) == (EUR("20"), EUR("2"), EUR("23"))
    assert verify_shop() == []


def test_prices_without_tax_stay_and_no_tax_is_added() -> None:
    member = taxed_abroad()
    configure(company_accounts=True, country="DE", reverse_charge=True, tax_rate="0.19", prices_include_tax=False)
    order = ordered_by(member, (stocked(price="10.00"), 2), shipping_address=VIENNA)
    assert (order.subtotal_amount, order.shipping_amount, order.tax_amount) == (EUR("20"), EUR("4.90"), 0)
    assert (order.total_amount, order.reverse_charge) == (EUR("24.90"), True)


@pytest.mark.parametrize("state", ["unchecked", "format_ok", "refused"])
def test_an_id_that_is_not_confirmed_is_taxed_as_ever(state: str) -> None:
    member = taxed_abroad()
    Company.objects.update(tax_id_state=state)
    order = ordered_by(member, (stocked(price="12.00"), 1), shipping_address=VIENNA)
    assert (order.tax_amount, order.tax_included, order.reverse_charge) == (EUR("3.00"), True, False)
    assert order.total_amount == EUR("18.00")


def test_a_person_or_a_delivery_at_home_is_taxed_as_ever() -> None:
    member = taxed_abroad()
    assert order_of((stocked(), 1), shipping_address=VIENNA, expected_total=EUR("16.00")).reverse_charge is False
    assert ordered_by(member, (stocked(), 1), shipping_address=ADDRESS).tax_amount > 0
    sent = answers(
        cart_of(member.customer, (stocked(price="12.00"), 1)), member.customer, None, shipping_address=VIENNA
    )
    with pytest.raises(TotalChanged) as refusal:  # the quote was for a person
        place_order(**sent)
    assert (refusal.value.expected, refusal.value.actual) == (EUR("18.00"), EUR("15.00"))


def test_what_is_picked_up_is_sold_where_the_shop_is() -> None:
    member = taxed_abroad()
    zone = ShippingZone.objects.create(name="Workshop", kind="pickup")
    shop = ShippingZoneRate.objects.create(zone=zone, name="At the workshop", amount=0)
    order = ordered_by(member, (stocked(price="11.90"), 1), shipping_code=str(shop.pk), shipping_address=VIENNA)
    assert (order.is_pickup, order.reverse_charge, order.tax_amount) == (True, False, EUR("1.90"))


def test_a_companys_group_goes_before_its_members_own(buyer: CompanyMember) -> None:
    own, companys = (CustomerGroup.objects.create(name=name) for name in ("Friends", "Wholesale"))
    Customer.objects.filter(pk=buyer.customer_id).update(group=own)

    def bought_as() -> CustomerGroup | None:
        return group_of_id(buyer.customer_id, shop_settings())

    assert bought_as() == own
    on(buyer.company, group=companys)
    with StatementCount() as statements:
        group = group_of_id(buyer.customer_id, settings_of(company_accounts=True))
    assert (group, statements.count) == (companys, 1)
    CustomerGroup.objects.filter(pk=companys.pk).update(is_active=False)
    assert bought_as() == own
    CustomerGroup.objects.filter(pk=companys.pk).update(is_active=True)
    on(buyer.company, status="blocked")
    assert bought_as() == own
    on(buyer.company, status="approved")
    configure(company_accounts=False)
    assert bought_as() == own


def test_an_order_of_a_company_costs_a_constant_number_of_statements() -> None:
    member = taxed_abroad()
    Company.objects.update(pay_later=True, credit_limit=100_000, approval_rule="above", approval_above=100_000)
    DiscountCodeFactory(code=None, name="Ten off", usage_limit=100)

    def cost(lines: int, **changes: Any) -> int:
        cart_id = cart_of(member.customer, *[(stocked(price="2.00", stock=9), 1) for _ in range(lines)])
        sent = answers(cart_id, member.customer, Company.objects.get(), shipping_address=VIENNA, **changes)
        with StatementCount() as statements:
            place_order(**sent)
        return statements.count

    few = cost(1, payment_method="pay_later")
    assert few <= 24
    assert cost(12, payment_method="pay_later") == few
    # What is open: one statement; for whom it is: another.
    assert cost(1) == few - 1
    configure(company_accounts=False, country="DE")
    cart_id = cart_of(member.customer, (stocked(price="2.00"), 1))
    sent = answers(cart_id, member.customer, None, shipping_address=VIENNA)
    with StatementCount() as statements:
        place_order(**sent)
    assert statements.count == few - 2


def test_an_order_with_everything_at_once_costs_25_statements_at_most() -> None:
    admin = taxed_abroad()
    trade = CustomerGroup.objects.create(name="Trade")
    mug = stocked(price="20.00", stock=50)
    prices = PriceList.objects.create(group=trade, name="Trade", currency="EUR")
    PriceListEntry.objects.create(price_list=prices, variant=mug, unit_price=Decimal("15.00"))
    QuantityRule.objects.create(variant=mug, minimum=2, multiple=2)
    DiscountCodeFactory(code=None, name="Ten off", usage_limit=100)
    company = on(
        admin.company, group=trade, pay_later=True, credit_limit=100_000, approval_rule="above", approval_above=1_000
    )
    buyer = joined(company, "buyer@example.com")
    cart_id = cart_of(buyer.customer, (mug, 4))
    sent = answers(cart_id, buyer.customer, company, shipping_address=VIENNA, payment_method="pay_later")

    with StatementCount() as statements:
        order = place_order(**sent)

    assert (order.payment_method, order.reverse_charge, order.items.get().unit_price) == (
        "pay_later", True, Decimal("12.50"),
    )  # fmt: skip
    assert statements.count <= 25

    on(company, approval_rule="all")
    cart_id = cart_of(buyer.customer, (mug, 4))
    sent = answers(cart_id, buyer.customer, company, shipping_address=VIENNA, payment_method="pay_later")
    asked = send_for_approval(**sent)
    approval = Approval(request_id=asked.pk, company_id=company.pk, approver_id=admin.customer_id)
    with StatementCount() as statements:
        place_order(
            cart_id=asked.cart_id,
            idempotency_key="request",
            expected_total=asked.total,
            customer_id=buyer.customer_id,
            approval=approval,
            **asked.answers,
        )
    assert statements.count == 25
