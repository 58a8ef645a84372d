"""Offers that somebody in the customer's company has to approve: ordered once, as they were seen, while they hold."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.carts.errors import CartGone
from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.carts.upkeep import end_what_is_over
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.companies.approve_request import approve_request
from tenant_shop.companies.close_request import expire_requests, reject_request, withdraw_request
from tenant_shop.companies.errors import ApprovalNeeded, RequestDecided
from tenant_shop.companies.models import Company, CompanyMember, PurchaseRequest
from tenant_shop.companies.requests import price_request, request_of_offer
from tenant_shop.companies.send_request import send_for_approval
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.erase import ask_to_erase, erase
from tenant_shop.orders.errors import TotalChanged
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tenant_shop.quotes.decide import ask_again, decline_quote
from tenant_shop.quotes.errors import QuoteChanged, QuoteNotOpen, QuoteWaits
from tenant_shop.quotes.models import QuoteRequest
from tenant_shop.verification.verify_shop import verify_shop
from tests.accounts import link_in, mails
from tests.companies import cart_of, joined, membership
from tests.quoting import acceptance, answered, take_requests
from tests.quoting import asked as quote_asked
from tests.shopping import at_once, everything, stock_of, stocked

EUR = Decimal


@pytest.fixture
def mug() -> ProductVariant:
    return stocked(stock=100, name="Mug")


@pytest.fixture
def strict(admin: CompanyMember) -> Company:
    """A company where somebody has to approve every order; it may pay later."""
    Company.objects.update(approval_rule="all", pay_later=True, credit_limit=1000)
    take_requests()
    return Company.objects.get(pk=admin.company_id)


@pytest.fixture
def offer(strict: Company, approver: CompanyMember, buyer: CompanyMember, mug: ProductVariant) -> QuoteRequest:
    """Twenty mugs, normally 10.00, for 7.50 each with delivery for 12.00: 162.00."""
    return answered(quote_asked((mug, 20), customer=buyer.customer), "7.50", shipping=EUR(12))


@pytest.fixture
def waiting(offer: QuoteRequest) -> PurchaseRequest:
    request = send_for_approval(**acceptance(offer, payment_method="pay_later", purchase_number="PO 9"))
    mails()
    mail.outbox.clear()
    return request


def approved(approver: CompanyMember, asked: PurchaseRequest, **changes: Any) -> Order:
    return approve_request(approver, asked.pk, **{"expected_total": EUR(162), "quote_revision": 1, **changes})


def test_an_offer_that_needs_an_approval_is_sent_for_it_and_becomes_one_order_at_its_prices(
    offer: QuoteRequest, approver: CompanyMember, buyer: CompanyMember, mug: ProductVariant
) -> None:
    sent = acceptance(offer, payment_method="pay_later", purchase_number="PO 9")
    before = everything()
    with pytest.raises(ApprovalNeeded):
        place_order(**sent)
    assert everything() == before

    request = send_for_approval(**sent)
    assert (request.status, request.total, request.expires_at) == ("pending", EUR(162), offer.valid_until)
    assert send_for_approval(**sent) == request  # sent twice
    assert request_of_offer(offer.pk) == request
    assert (Order.objects.count(), stock_of(mug)) == (0, 100)
    assert sorted(message.to[0] for message in mails() if "approval" in message.subject) == [
        "admin@example.com",
        "approver@example.com",
    ]
    assert verify_shop() == []

    basket, priced = price_request(request_with_company(), shop_settings())
    assert (priced.total, priced.problems, basket.deal.quote) == (EUR(162), (), offer)
    order = approved(approver, request)
    assert [(item.quantity, item.unit_price) for item in order.items.all()] == [(20, EUR("7.5"))]
    assert (order.total_amount, order.shipping_method, order.customer_id) == (
        EUR(162),
        "Delivery as agreed",
        buyer.customer_id,
    )
    assert (order.payment_method, order.purchase_number, order.company_id) == (
        "pay_later",
        "PO 9",
        request.company_id,
    )
    (step,) = OrderStatusHistory.objects.filter(order=order)
    assert step.comment == f"Asked for by customer {buyer.customer_id}, approved by customer {approver.customer_id}."
    offer.refresh_from_db()
    request.refresh_from_db()
    assert (offer.status, offer.order_id, request.status, request.order_id) == (
        "accepted",
        order.pk,
        "approved",
        order.pk,
    )
    assert (stock_of(mug), request_of_offer(offer.pk)) == (80, None)
    with pytest.raises(RequestDecided):
        approved(approver, request)
    assert place_order(**sent) == order  # the buyer's own page, sent again
    assert Order.objects.count() == 1
    assert verify_shop() == []


def request_with_company() -> PurchaseRequest:
    return PurchaseRequest.objects.select_related("company").get()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"quote_revision": 2}, QuoteChanged),
        ({"quote_revision": -1}, QuoteChanged),
        ({"expected_total": EUR("1.00")}, TotalChanged),
    ],
)
def test_an_offer_is_sent_as_it_was_seen_or_not_at_all(
    offer: QuoteRequest, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    sent = acceptance(offer, **changes)
    before = everything()
    with pytest.raises(refusal):
        send_for_approval(**sent)
    assert everything() == before


def test_nobody_sends_anothers_offer_and_none_that_is_over(strict: Company, offer: QuoteRequest) -> None:
    colleague = joined(strict, "second@example.com")
    sent = acceptance(offer)
    before = everything()
    with pytest.raises(QuoteNotOpen):
        send_for_approval(**sent | {"customer_id": colleague.customer_id})
    assert everything() == before
    QuoteRequest.objects.update(valid_until=timezone.now() - timedelta(seconds=1))
    before = everything()
    with pytest.raises(QuoteNotOpen):
        send_for_approval(**sent)
    assert everything() == before


def test_while_it_waits_only_a_decision_or_the_merchant_moves_an_offer(
    waiting: PurchaseRequest, offer: QuoteRequest, buyer: CompanyMember
) -> None:
    sent = {
        **waiting.answers,
        "cart_id": waiting.cart_id,
        "customer_id": buyer.customer_id,
        "idempotency_key": "another-0123456789",
        "expected_total": EUR(162),
        "quote_revision": 1,
    }
    customer = f"customer {buyer.customer_id}"
    before = everything()
    for refused, refusal in (
        (partial(place_order, **sent), CartGone),
        (partial(send_for_approval, **sent), CartGone),
        (partial(decline_quote, offer.pk, actor=customer, by_customer=True), QuoteWaits),
        (partial(ask_again, offer.pk, actor=customer, note="Cheaper?"), QuoteWaits),
    ):
        with pytest.raises(refusal):
            refused()
    assert everything() == before
    decline_quote(offer.pk, actor="merchant")
    _basket, priced = price_request(request_with_company(), shop_settings())
    assert priced.problems == (str(QuoteNotOpen(offer.number)),)
    assert verify_shop() == []


def test_an_offer_that_is_corrected_while_it_waits_is_approved_as_the_approver_saw_it_or_not_at_all(
    waiting: PurchaseRequest, offer: QuoteRequest, approver: CompanyMember
) -> None:
    answered(offer, "7.50", shipping=EUR(12), note="The same, but slower.")
    before = everything()
    for revision in (1, -1):
        with pytest.raises(QuoteChanged):
            approved(approver, waiting, quote_revision=revision)
    assert everything() == before
    answered(offer, "8.00", shipping=EUR(12))
    before = everything()
    with pytest.raises(TotalChanged):
        approved(approver, waiting, quote_revision=3)
    assert everything() == before
    order = approved(approver, waiting, quote_revision=3, expected_total=EUR(172))
    assert order.total_amount == EUR(172)
    assert verify_shop() == []


def withdrawn(asked: PurchaseRequest, _approver: CompanyMember) -> None:
    withdraw_request(asked.customer_id, asked.pk)


def rejected(asked: PurchaseRequest, approver: CompanyMember) -> None:
    reject_request(approver, asked.pk, reason="Too many mugs.")


def expired(asked: PurchaseRequest, _approver: CompanyMember) -> None:
    assert expire_requests(asked.expires_at) == 1


@pytest.mark.parametrize(("close", "letters"), [(withdrawn, 0), (rejected, 1), (expired, 1)])
def test_an_offer_that_is_not_approved_is_what_it_was_and_never_in_the_buyers_cart(
    waiting: PurchaseRequest,
    offer: QuoteRequest,
    approver: CompanyMember,
    buyer: CompanyMember,
    close: Callable[[PurchaseRequest, CompanyMember], None],
    letters: int,
) -> None:
    own = cart_of(buyer.customer, (stocked(name="Bowl"), 2))
    close(waiting, approver)
    sent = mails()
    assert [message.to for message in sent] == [["buyer@example.com"]] * letters
    for message in sent:
        assert link_in(message) == f"/quotes/{offer.public_token}/"
        assert "The shop's offer is as it was." in message.body
        assert "cart" not in message.body
    assert list(CartItem.objects.filter(cart=own).values_list("variant__product__name", "quantity")) == [("Bowl", 2)]
    cart = ShoppingCart.objects.get(quote=offer)
    assert (cart.customer_id, cart.frozen_at) == (None, None)
    assert verify_shop() == []
    again = send_for_approval(**acceptance(offer))
    assert approved(approver, again).total_amount == EUR(162)
    assert verify_shop() == []


def test_an_offer_is_not_approved_when_its_time_is_over(
    waiting: PurchaseRequest, offer: QuoteRequest, approver: CompanyMember
) -> None:
    assert waiting.expires_at == offer.valid_until
    over = timezone.now() - timedelta(seconds=1)
    QuoteRequest.objects.update(valid_until=over)
    ShoppingCart.objects.filter(quote=offer).update(expires_at=over)
    end_what_is_over(timezone.now())
    before = everything()
    with pytest.raises(QuoteNotOpen):
        approved(approver, waiting)
    assert everything() == before
    assert expire_requests(waiting.expires_at) == 1
    assert (Order.objects.count(), PurchaseRequest.objects.get().status) == (0, "expired")
    assert verify_shop() == []


def test_of_two_approvers_at_once_one_accepts_the_offer(
    waiting: PurchaseRequest, approver: CompanyMember, admin: CompanyMember, shop: TenantInfo
) -> None:
    results = at_once(shop, [partial(approved, member, waiting) for member in (approver, admin, approver, admin)])
    assert all(isinstance(result, Order | RequestDecided) for result in results), results
    order = Order.objects.get()
    assert {result.pk for result in results if isinstance(result, Order)} == {order.pk}
    assert QuoteRequest.objects.get().order_id == order.pk
    assert verify_shop() == []


def test_an_approval_and_the_merchants_no_at_once_come_to_one_end(
    waiting: PurchaseRequest, offer: QuoteRequest, approver: CompanyMember, shop: TenantInfo
) -> None:
    order, declined = at_once(
        shop, [partial(approved, approver, waiting), partial(decline_quote, offer.pk, actor="merchant")]
    )
    offer.refresh_from_db()
    if isinstance(order, Order):
        assert (offer.status, offer.order_id) == ("accepted", order.pk)
        assert not isinstance(declined, QuoteRequest), declined
    else:
        assert isinstance(order, QuoteNotOpen), order
        assert (offer.status, Order.objects.count()) == ("declined", 0)
    assert verify_shop() == []


def test_a_guests_offer_is_free_again_when_the_member_who_sent_it_is_erased(
    strict: Company, approver: CompanyMember, buyer: CompanyMember, mug: ProductVariant
) -> None:
    guests = answered(quote_asked((mug, 20)), "7.50", shipping=EUR(12))
    send_for_approval(**acceptance(guests, customer_id=buyer.customer_id))
    mails()
    ask_to_erase(buyer.customer)
    erase(link_in(mails()[-1]).split("/")[-2])
    assert PurchaseRequest.objects.get().status == "withdrawn"
    assert ShoppingCart.objects.get(quote=guests).frozen_at is None
    assert verify_shop() == []
    colleague = membership(joined(strict, "second@example.com").customer)
    again = send_for_approval(**acceptance(guests, customer_id=colleague.customer_id))
    assert approved(approver, again).customer_id == colleague.customer_id


def test_an_offers_buyer_who_is_erased_leaves_nothing_waiting(waiting: PurchaseRequest, buyer: CompanyMember) -> None:
    ask_to_erase(buyer.customer)
    erase(link_in(mails()[-1]).split("/")[-2])
    assert (PurchaseRequest.objects.get().status, QuoteRequest.objects.count()) == ("withdrawn", 0)
    assert verify_shop() == []
