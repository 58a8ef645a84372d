"""Purchases that somebody has to approve."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.carts.change import add_line, set_line_quantity
from tenant_shop.carts.coupon import apply_coupon
from tenant_shop.carts.errors import CartGone
from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.carts.read import count_items, read_cart
from tenant_shop.carts.upkeep import remove_expired
from tenant_shop.companies.approve_request import approve_request
from tenant_shop.companies.close_request import expire_requests, reject_request, withdraw_request
from tenant_shop.companies.errors import (
    ApprovalNotNeeded,
    AskedAlready,
    BuyerGone,
    NobodyApproves,
    NotForThisRole,
    NotOrderable,
    OwnRequest,
    RequestDecided,
    RequestNotFound,
)
from tenant_shop.companies.models import Company, CompanyMember, PurchaseRequest
from tenant_shop.companies.requests import price_request
from tenant_shop.companies.send_request import send_for_approval
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.inventory.models import StockMovement
from tenant_shop.orders.errors import (
    CurrencyChanged,
    IdempotencyConflict,
    InvalidAddress,
    PaymentMethodUnavailable,
    ShippingUnavailable,
    TotalChanged,
)
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tenant_shop.verification.verify_shop import verify_shop
from tests.accounts import account, mails
from tests.companies import answers, asked_by, cart_of, company_of, joined, membership
from tests.factories.promotions import DiscountCodeFactory
from tests.shopping import at_once, configure, everything, stocked

EUR = Decimal


@pytest.fixture
def strict(admin: CompanyMember) -> Company:
    """A company where somebody has to approve every order."""
    Company.objects.update(approval_rule="all")
    return Company.objects.get(pk=admin.company_id)


@pytest.fixture
def asked(strict: Company, approver: CompanyMember, buyer: CompanyMember) -> PurchaseRequest:
    """A buyer's request for a mug at 10.00, delivered for 4.90."""
    request = asked_by(strict, email="buyer@example.com", purchase_number="PO 7", notes="Ring twice")
    mails()
    mail.outbox.clear()
    return request


def test_a_request_freezes_the_cart_and_tells_those_who_may_decide(
    strict: Company, approver: CompanyMember, buyer: CompanyMember
) -> None:
    mug = stocked(price="10.00", stock=5)
    cart_id = cart_of(buyer.customer, (mug, 1))
    sent = answers(cart_id, buyer.customer, strict, purchase_number="PO 7")
    request = send_for_approval(**sent)
    assert (request.status, request.total, request.currency) == ("pending", EUR("14.90"), "EUR")
    assert (request.customer_id, request.company_id, request.cart_id) == (buyer.customer_id, strict.pk, cart_id)
    assert request.answers["purchase_number"] == "PO 7"
    assert sorted(message.to[0] for message in mails()) == ["admin@example.com", "approver@example.com"]
    assert "€14.90" in mail.outbox[0].body
    assert send_for_approval(**sent | {"purchase_number": " PO  7"}) == request  # sent twice
    sent_twice = everything()
    for other in ({"notes": "Quickly"}, {"phone": "030 1"}, {"purchase_number": "PO 8"}, {"email": "x@example.com"}):
        with pytest.raises(AskedAlready):
            send_for_approval(**sent | other)
    assert everything() == sent_twice
    # Nothing is ordered, taken or changed: neither by the buyer, nor by whoever knows the cart.
    line = CartItem.objects.get(cart=cart_id)
    before = everything()
    for change in (
        partial(set_line_quantity, cart_id, line.pk, 2),
        partial(apply_coupon, cart_id, "SAVE"),
        partial(place_order, **sent | {"idempotency_key": "other"}),
        partial(send_for_approval, **sent | {"idempotency_key": "other"}),
    ):
        with pytest.raises(CartGone):
            change()
    assert everything() == before
    assert (read_cart(cart_id).lines, count_items(cart_id)) == ((), 0)
    # What the buyer puts in meanwhile goes into another cart.
    other = add_line(cart_id, variant_id=mug.pk, quantity=2, session_id="", customer_id=buyer.customer_id)
    assert other != cart_id
    assert StockMovement.objects.filter(reason="sale").count() == 0
    assert verify_shop() == []


def test_a_key_that_another_customer_or_another_cart_used_is_refused(
    asked: PurchaseRequest, strict: Company, buyer: CompanyMember
) -> None:
    key, mug = asked.idempotency_key, stocked(price="10.00")
    second = membership(joined(strict, "second@example.com").customer)
    for customer in (second.customer, buyer.customer):
        sent = answers(cart_of(customer, (mug, 1)), customer, strict, idempotency_key=key)
        before = everything()
        with pytest.raises(IdempotencyConflict):
            send_for_approval(**sent)
        assert everything() == before


def test_one_key_for_two_carts_at_once_asks_once(
    shop: TenantInfo, strict: Company, admin: CompanyMember, buyer: CompanyMember
) -> None:
    second, mug = membership(joined(strict, "second@example.com").customer), stocked(price="10.00", stock=9)
    sent = [
        partial(send_for_approval, **answers(cart_of(who, (mug, 1)), who, strict, idempotency_key="k" * 32))
        for who in (buyer.customer, second.customer)
    ]
    results = at_once(shop, sent)
    assert sorted(type(result).__name__ for result in results) == ["IdempotencyConflict", "PurchaseRequest"]
    assert PurchaseRequest.objects.count() == 1
    assert ShoppingCart.objects.filter(frozen_at=None).count() == 1


def test_what_was_asked_for_in_another_currency_is_not_ordered(asked: PurchaseRequest, approver: CompanyMember) -> None:
    configure(company_accounts=True, country="DE", currency="USD")
    before = everything()
    for seen in ("", "EUR", "USD"):
        with pytest.raises(CurrencyChanged):
            approve_request(approver, asked.pk, expected_total=asked.total, expected_currency=seen)
    assert everything() == before
    _basket, priced = price_request(asked, shop_settings())
    assert priced.problems == ("Prices are in another currency now: USD.",)
    configure(company_accounts=True, country="DE", currency="EUR")
    with pytest.raises(CurrencyChanged):
        approve_request(approver, asked.pk, expected_total=asked.total, expected_currency="USD")
    assert not Order.objects.exists()
    assert approve_request(approver, asked.pk, expected_total=asked.total, expected_currency="EUR").currency == "EUR"


def test_a_frozen_cart_outlives_the_night(asked: PurchaseRequest) -> None:
    remove_expired(asked.expires_at + timedelta(days=1))
    assert ShoppingCart.objects.filter(pk=asked.cart_id).exists()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"expected_total": EUR("1.00")}, TotalChanged),
        ({"payment_method": "pay_later"}, PaymentMethodUnavailable),
        ({"shipping_code": "moon", "expected_total": EUR("14.90")}, ShippingUnavailable),
        ({"shipping_address": {"country": "DE"}, "expected_total": EUR("14.90")}, InvalidAddress),
    ],
)
def test_what_could_not_be_ordered_cannot_be_asked_for(
    changes: dict[str, Any], refusal: type[Exception], strict: Company, buyer: CompanyMember
) -> None:
    cart_id = cart_of(buyer.customer, (stocked(price="10.00"), 1))
    sent = answers(cart_id, buyer.customer, strict) | changes
    before = everything()
    with pytest.raises(refusal):
        send_for_approval(**sent)
    assert everything() == before


def test_sold_out_goods_cannot_be_asked_for(strict: Company, buyer: CompanyMember) -> None:
    mug = stocked(stock=3)
    sent = answers(cart_of(buyer.customer, (mug, 3)), buyer.customer, strict)
    mug.movements.create(delta=-2, reason="correction")
    with pytest.raises(NotOrderable):
        send_for_approval(**sent)
    assert not PurchaseRequest.objects.exists()


def test_who_asks_must_need_to_and_somebody_must_be_there(strict: Company, admin: CompanyMember) -> None:
    sent = answers(cart_of(admin.customer, (stocked(), 1)), admin.customer, strict)
    with pytest.raises(ApprovalNotNeeded):
        send_for_approval(**sent)
    alone = account("alone@example.com")
    company = company_of(alone, approval_rule="all")
    CompanyMember.objects.filter(customer=alone).update(role="approver")
    with pytest.raises(NobodyApproves):
        send_for_approval(**answers(cart_of(alone, (stocked(), 1)), alone, company))
    private = account("private@example.com")
    with pytest.raises(NotForThisRole):
        send_for_approval(**answers(cart_of(private, (stocked(), 1)), private, None))
    other = cart_of(account("victim@example.com"), (stocked(), 1))
    with pytest.raises(CartGone):  # another customer's cart
        send_for_approval(**answers(other, admin.customer, strict))
    assert not PurchaseRequest.objects.exists()


def test_an_approval_orders_for_who_asked_and_history_names_both(
    asked: PurchaseRequest, approver: CompanyMember, buyer: CompanyMember
) -> None:
    order = approve_request(approver, asked.pk, expected_total=EUR("14.90"))
    assert (order.customer_id, order.customer_email) == (buyer.customer_id, "buyer@example.com")
    assert (order.company_id, order.purchase_number, order.notes) == (asked.company_id, "PO 7", "Ring twice")
    (step,) = OrderStatusHistory.objects.filter(order=order)
    assert step.updated_by == f"customer {approver.customer_id}"
    assert step.comment == (f"Asked for by customer {buyer.customer_id}, approved by customer {approver.customer_id}.")
    asked.refresh_from_db()
    assert (asked.status, asked.decided_by_id, asked.order_id) == ("approved", approver.customer_id, order.pk)
    assert asked.decided_at is not None
    with pytest.raises(RequestDecided):
        approve_request(approver, asked.pk, expected_total=EUR("14.90"))
    assert Order.objects.count() == 1
    assert verify_shop() == []


def test_the_approver_orders_at_the_price_of_today_and_only_at_the_one_they_saw(
    asked: PurchaseRequest, approver: CompanyMember
) -> None:
    line = CartItem.objects.select_related("variant").get(cart=asked.cart_id)
    line.variant.price = EUR("12.00")
    line.variant.save(update_fields=["price"])
    _basket, priced = price_request(PurchaseRequest.objects.select_related("company").get(), shop_settings())
    assert priced.total == EUR("16.90")
    before = everything()
    with pytest.raises(TotalChanged):
        approve_request(approver, asked.pk, expected_total=asked.total)
    assert everything() == before
    assert approve_request(approver, asked.pk, expected_total=priced.total).total_amount == EUR("16.90")


def test_nobody_decides_who_may_not(asked: PurchaseRequest, buyer: CompanyMember, admin: CompanyMember) -> None:
    second = membership(joined(admin.company, "second@example.com").customer)
    stranger = account("stranger@example.com")
    company_of(stranger)
    stopped = membership(joined(admin.company, "stopped@example.com", "approver", is_active=False).customer)
    before = everything()
    for member in (buyer, second, membership(stranger), stopped):
        with pytest.raises(RequestNotFound):
            approve_request(member, asked.pk, expected_total=asked.total)
        with pytest.raises(RequestNotFound):
            reject_request(member, asked.pk, reason="no")
    with pytest.raises(RequestNotFound):
        withdraw_request(second.customer_id, asked.pk)
    assert everything() == before


def test_an_approver_does_not_decide_on_what_they_want_themselves(
    strict: Company, approver: CompanyMember, admin: CompanyMember
) -> None:
    request = asked_by(strict, email="approver@example.com")
    before = everything()
    for decide in (
        partial(approve_request, approver, request.pk, expected_total=request.total),
        partial(reject_request, approver, request.pk, reason=""),
    ):
        with pytest.raises(OwnRequest):
            decide()
    assert everything() == before
    assert approve_request(admin, request.pk, expected_total=request.total).customer_id == approver.customer_id


def test_a_rejection_tells_the_reason_and_gives_the_cart_back(
    asked: PurchaseRequest, approver: CompanyMember, buyer: CompanyMember
) -> None:
    reject_request(approver, asked.pk, reason="We have enough mugs.")
    asked.refresh_from_db()
    assert (asked.status, asked.reason, asked.decided_by_id) == (
        "rejected",
        "We have enough mugs.",
        approver.customer_id,
    )
    (message,) = mails()
    assert message.to == ["buyer@example.com"]
    assert "The reason: We have enough mugs." in message.body
    cart = ShoppingCart.objects.get(customer=buyer.customer_id, completed_at=None)
    assert (cart.frozen_at, read_cart(cart.pk).item_count) == (None, 1)
    with pytest.raises(RequestDecided):
        approve_request(approver, asked.pk, expected_total=asked.total)
    assert not Order.objects.exists()


def test_a_cart_that_comes_back_joins_what_was_put_in_meanwhile(asked: PurchaseRequest, buyer: CompanyMember) -> None:
    DiscountCodeFactory(code="SAVE")
    ShoppingCart.objects.filter(pk=asked.cart_id).update(coupon_code="SAVE")
    cart_of(buyer.customer, (stocked(name="Bowl"), 2))
    withdraw_request(buyer.customer_id, asked.pk)
    (cart,) = ShoppingCart.objects.filter(customer=buyer.customer_id, completed_at=None)
    view = read_cart(cart.pk)
    assert [(line.name, line.quantity) for line in view.lines] == [("Mug", 1), ("Bowl", 2)]
    assert view.coupon_code == "SAVE"
    assert not ShoppingCart.objects.exclude(pk=cart.pk).exists()
    assert mails() == []


def test_who_has_left_the_company_can_still_withdraw_and_nothing_is_ordered_for_them(
    asked: PurchaseRequest, buyer: CompanyMember, approver: CompanyMember
) -> None:
    CompanyMember.objects.filter(pk=buyer.pk).delete()
    before = everything()
    with pytest.raises(BuyerGone):
        approve_request(approver, asked.pk, expected_total=asked.total)
    assert everything() == before
    assert withdraw_request(buyer.customer_id, asked.pk).status == "withdrawn"


def test_nothing_is_ordered_for_a_company_that_was_blocked(asked: PurchaseRequest, approver: CompanyMember) -> None:
    Company.objects.update(status="blocked")
    with pytest.raises(BuyerGone):
        approve_request(approver, asked.pk, expected_total=asked.total)
    assert (PurchaseRequest.objects.get().status, Order.objects.count()) == ("pending", 0)


def test_a_request_that_nobody_decides_on_expires(asked: PurchaseRequest, buyer: CompanyMember) -> None:
    assert expire_requests(timezone.now()) == 0
    PurchaseRequest.objects.update(expires_at=timezone.now())
    assert expire_requests(timezone.now()) == 1
    asked.refresh_from_db()
    assert (asked.status, asked.decided_by_id) == ("expired", None)
    (message,) = mails()
    assert message.subject == "My Store: Nobody approved your purchase"
    assert ShoppingCart.objects.get(customer=buyer.customer_id).frozen_at is None
    assert expire_requests(timezone.now()) == 0


def test_of_two_approvers_one_decides_and_one_order_is_placed(
    asked: PurchaseRequest, approver: CompanyMember, admin: CompanyMember, shop: TenantInfo
) -> None:
    calls = [
        partial(approve_request, member, asked.pk, expected_total=asked.total)
        for member in (approver, admin, approver, admin)
    ]
    results = at_once(shop, calls)
    orders = [result for result in results if isinstance(result, Order)]
    assert 1 <= len(orders) <= 2
    assert all(isinstance(result, Order | RequestDecided) for result in results), results
    assert {order.pk for order in orders} == {Order.objects.get().pk}
    # Whoever was first was first twice at most; the other one is told.
    winner = PurchaseRequest.objects.get().decided_by_id
    for member, result in zip((approver, admin, approver, admin), results, strict=True):
        assert isinstance(result, RequestDecided) or member.customer_id == winner
    assert verify_shop() == []


@pytest.mark.parametrize("other", ["withdraw", "reject", "expire"])
def test_a_decision_and_its_opposite_at_once_come_to_one_end(
    other: str, asked: PurchaseRequest, approver: CompanyMember, admin: CompanyMember, shop: TenantInfo
) -> None:
    opposite = {
        "withdraw": partial(withdraw_request, asked.customer_id, asked.pk),
        "reject": partial(reject_request, admin, asked.pk, reason=""),
        "expire": partial(expire_requests, asked.expires_at),
    }[other]
    approved, closed = at_once(
        shop, [partial(approve_request, approver, asked.pk, expected_total=asked.total), opposite]
    )
    asked.refresh_from_db()
    if isinstance(approved, Order):
        assert asked.status == "approved"
        assert closed == 0 or isinstance(closed, RequestDecided), closed
        assert ShoppingCart.objects.get().completed_at is not None
    else:
        assert isinstance(approved, RequestDecided), approved
        assert asked.status in ("withdrawn", "rejected", "expired")
        assert not Order.objects.exists()
        assert ShoppingCart.objects.get(customer=asked.customer_id, completed_at=None).frozen_at is None
    assert verify_shop() == []


def test_an_approval_cannot_be_forged_for_another_cart(
    asked: PurchaseRequest, approver: CompanyMember, buyer: CompanyMember
) -> None:
    from tenant_shop.orders.approval import Approval

    cart_id = cart_of(buyer.customer, (stocked(price="10.00"), 1))
    approval = Approval(request_id=asked.pk, company_id=asked.company_id, approver_id=approver.customer_id)
    sent = answers(cart_id, buyer.customer, asked.company)
    with pytest.raises(CartGone):  # it is not frozen
        place_order(**sent, approval=approval)
    ghost = Approval(request_id=uuid4(), company_id=asked.company_id, approver_id=approver.customer_id)
    with pytest.raises(RequestDecided):
        place_order(**sent | {"cart_id": asked.cart_id, "expected_total": asked.total}, approval=ghost)
    assert not Order.objects.exists()
