"""Staff who change an order of a company ask its rules anew."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.companies.approve_request import approve_request
from tenant_shop.companies.models import Company, CompanyMember
from tenant_shop.orders.edit_order import edit_order, preview_edit
from tenant_shop.orders.editing import Change, OrderNotEditable, mark_of
from tenant_shop.orders.errors import BelowMinimumOrder
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.pricing.models import CustomerGroup
from tests.accounts import account
from tests.companies import VIENNA, asked_by, company_of, joined, membership, ordered_by
from tests.shopping import configure, everything, stocked

D = Decimal
STAFF = str(UUID(int=7))


@pytest.fixture
def company(shop: TenantInfo) -> Company:
    configure(company_accounts=True)
    return company_of(account("ann@example.com"))


def pieces(order: Order, number: int) -> Change:
    return Change(pieces={OrderItem.objects.get(order=order).pk: number})


def edit(order: Order, number: int) -> Order:
    order = Order.objects.get(pk=order.pk)
    items = list(OrderItem.objects.filter(order=order))
    change = pieces(order, number)
    asked: dict[str, Any] = {"seen": mark_of(order, items), "key": uuid4().hex, "actor": STAFF}
    return edit_order(order.pk, change, expected_total=preview_edit(order, items, change).total, **asked)


def refused(order: Order, number: int) -> str:
    before = everything()
    with pytest.raises(OrderNotEditable) as refusal:
        edit(order, number)
    assert everything() == before
    return refusal.value.reason


def test_what_a_buyer_may_not_order_alone_is_not_made_of_their_order(company: Company) -> None:
    buyer = joined(company, "bob@example.com", order_limit=D("30.00"))
    order = ordered_by(buyer, (stocked(price="10.00"), 1))

    assert refused(order, 3) == (
        "It would cost €34.90, which somebody else at Example Ltd has to approve. "
        "Have what is added ordered on its own, and approved."
    )
    assert edit(order, 2).total_amount == D("24.90")
    # Who needs no approval needs none now.
    CompanyMember.objects.filter(pk=buyer.pk).update(order_limit=None)
    assert edit(order, 3).total_amount == D("34.90")
    # What costs less asks nobody.
    Company.objects.filter(pk=company.pk).update(approval_rule="all")
    assert edit(order, 2).total_amount == D("24.90")


def test_what_was_approved_holds_up_to_what_was_approved(company: Company) -> None:
    Company.objects.filter(pk=company.pk).update(approval_rule="all")
    asked = asked_by(company, price="10.00")
    order = approve_request(membership(account_of(company)), asked.pk, expected_total=asked.total)

    assert "has to approve" in refused(order, 2)


def test_who_left_the_company_has_nothing_added_on_its_account(company: Company) -> None:
    buyer = joined(company, "bob@example.com")
    order = ordered_by(buyer, (stocked(price="10.00"), 2))
    CompanyMember.objects.filter(pk=buyer.pk).delete()

    assert refused(order, 3) == "Who ordered it does not buy for Example Ltd any more."
    assert edit(order, 1).total_amount == D("14.90")


def test_less_than_the_minimum_of_the_buyers_group_is_refused(company: Company) -> None:
    group = CustomerGroup.objects.create(name="Trade", minimum_order_amount=D("30.00"))
    configure(company_accounts=True, pricing={"groups": True})
    Company.objects.filter(pk=company.pk).update(group=group)
    order = ordered_by(joined(company, "bob@example.com"), (stocked(price="10.00"), 4))
    before = everything()

    with pytest.raises(BelowMinimumOrder):
        edit(order, 2)

    assert everything() == before
    assert edit(order, 3).total_amount == D("34.90")
    # What was below it before may grow and still be.
    CustomerGroup.objects.filter(pk=group.pk).update(minimum_order_amount=D("500.00"))
    assert edit(order, 5).total_amount == D("54.90")


def test_the_minimum_is_compared_with_the_tax_that_the_company_owes_itself(company: Company) -> None:
    group = CustomerGroup.objects.create(name="Trade", minimum_order_amount=D("35.70"))
    configure(company_accounts=True, reverse_charge=True, tax_rate="0.19", prices_include_tax=True)
    Company.objects.filter(pk=company.pk).update(
        group=group, country="AT", tax_id="ATU13585627", tax_id_state="confirmed"
    )
    order = ordered_by(
        joined(company, "bob@example.com"), (stocked(price="11.90"), 4),
        shipping_address=VIENNA, billing_address=VIENNA,
    )  # fmt: skip
    assert (order.reverse_charge, order.subtotal_amount) == (True, D("40.00"))

    assert edit(order, 3).subtotal_amount == D("30.00")
    with pytest.raises(BelowMinimumOrder):
        edit(order, 2)


def account_of(company: Company) -> Any:
    return CompanyMember.objects.get(company=company, role="admin").customer
