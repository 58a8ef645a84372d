"""A cart becomes a request, the request an offer, the offer an order: each step once, and only for whom it is."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.core import mail
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.carts.errors import CartGone
from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.carts.read import read_cart
from tenant_shop.carts.upkeep import end_what_is_over
from tenant_shop.catalog.models import Product
from tenant_shop.inventory.errors import OutOfStock
from tenant_shop.models import OutboxEvent
from tenant_shop.orders.errors import CartEmpty, InvalidContact, TotalChanged
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tenant_shop.orders.quote import quote
from tenant_shop.quotes.answer import answer_quote
from tenant_shop.quotes.decide import ask_again, decline_quote
from tenant_shop.quotes.errors import InvalidAnswer, QuoteChanged, QuoteNotMovable, QuoteNotOpen, QuotesNotOffered
from tenant_shop.quotes.expire import expire_quotes
from tenant_shop.quotes.mail import send_answers
from tenant_shop.quotes.models import QuoteEvent, QuoteRequest
from tenant_shop.quotes.request import request_quote
from tenant_shop.verification.verify_shop import verify_shop
from tests.factories.customers import CustomerFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.pricing import group_with, offer, price_list, sold_in
from tests.quoting import WEEK, acceptance, answered, asked, take_requests
from tests.shopping import at_once, cart_with, configure, everything, stock_of, stocked
from tests.statements import StatementCount

Status = QuoteRequest.Status


@pytest.fixture
def mug(shop: TenantInfo):
    configure(tax_rate="0.19", prices_include_tax=True)
    take_requests()
    return stocked(stock=100, name="Mug")


def steps(quote_request) -> list[tuple[str, str, str]]:
    rows = QuoteEvent.objects.filter(quote=quote_request)
    return list(rows.values_list("previous_status", "new_status", "actor"))


def test_from_the_cart_to_the_order(mug):
    ann, bowl = CustomerFactory(), stocked(stock=5, name="Bowl", price="20.00")
    request = asked((mug, 50), (bowl, 2), customer=ann, note="For our café")
    assert [(line.product_name, line.quantity, line.list_price) for line in request.lines.all()] == [
        ("Mug", 50, Decimal("10.000")),
        ("Bowl", 2, Decimal("20.000")),
    ]
    assert not CartItem.objects.exists()

    answered(request, "7.50", "18.00", shipping=Decimal(25), note="Gladly.")
    made = QuoteRequest.objects.get()
    assert (made.status, made.revision, made.answer) == ("answered", 1, "Gladly.")
    send_answers(timezone.now())
    (letter,) = mail.outbox
    assert letter.to == [ann.email]
    assert "€375.00" in letter.body
    assert f"/quotes/{made.public_token}/" in letter.body
    assert "Gladly." in letter.body

    sent = acceptance(made)
    seen = quote(sent["cart_id"], country="DE", shipping_code=None)
    assert (seen.subtotal, seen.shipping, seen.total, seen.tax) == (
        Decimal("411.00"),
        Decimal("25.00"),
        Decimal("436.00"),
        Decimal("69.61"),
    )
    order = place_order(**sent)
    assert [item.unit_price for item in order.items.all()] == [Decimal("7.500"), Decimal("18.000")]
    assert (order.total_amount, order.shipping_method, order.customer_id) == (
        Decimal("436.00"),
        "Delivery as agreed",
        ann.pk,
    )
    made.refresh_from_db()
    assert (made.status, made.order_id) == ("accepted", order.pk)
    assert (stock_of(mug), stock_of(bowl)) == (50, 3)
    customer = f"customer {ann.pk}"
    assert steps(made) == [
        ("", "requested", customer),
        ("requested", "answered", "merchant"),
        ("answered", "accepted", customer),
    ]
    assert verify_shop() == []


def test_accepting_twice_is_one_order(mug):
    made = answered(asked((mug, 1)), "8.00")
    sent = acceptance(made)

    first = place_order(**sent)
    assert place_order(**sent) == first
    assert place_order(**{**sent, "idempotency_key": "another-0123456789"}) == first
    assert Order.objects.count() == 1
    assert stock_of(mug) == 99


def test_two_who_accept_at_once_make_one_order(mug, shop):
    sent = acceptance(answered(asked((mug, 1)), "8.00"))

    orders = at_once(shop, [partial(place_order, **{**sent, "idempotency_key": f"key-{n}-0123456789"}) for n in (1, 2)])
    assert orders[0] == orders[1] == Order.objects.get()


def test_an_offer_that_is_corrected_while_it_is_accepted_holds_as_it_was_seen_or_not_at_all(mug):
    request = asked((mug, 10))
    sent = acceptance(answered(request, "8.00"))
    answered(request, "8.00", note="The same price, but slower.")
    before = everything()

    with pytest.raises(QuoteChanged):
        place_order(**sent)
    assert everything() == before
    answered(request, "9.00")
    before = everything()
    with pytest.raises(TotalChanged):
        place_order(**{**sent, "quote_revision": None})
    assert everything() == before


def test_an_offer_is_its_customers(mug):
    ann, bob = CustomerFactory(), CustomerFactory()
    sent = acceptance(answered(asked((mug, 1), customer=ann), "8.00"))
    before = everything()

    for stranger in (bob.pk, None):
        with pytest.raises(QuoteNotOpen):
            place_order(**{**sent, "customer_id": stranger})
    assert everything() == before


def test_an_offer_that_is_over_is_not_accepted(mug):
    request = asked((mug, 1))
    sent = acceptance(answered(request, "8.00"))
    QuoteRequest.objects.update(valid_until=timezone.now() - timedelta(seconds=1))
    before = everything()
    with pytest.raises(QuoteNotOpen):
        place_order(**sent)
    assert everything() == before

    end_what_is_over(timezone.now())
    request.refresh_from_db()
    assert request.status == "expired"
    assert steps(request)[-1] == ("answered", "expired", "carts.upkeep")
    assert expire_quotes(timezone.now()) == 0

    answered(request, "8.50")
    assert place_order(**acceptance(QuoteRequest.objects.get())).subtotal_amount == Decimal("8.50")


@pytest.mark.parametrize("no", [partial(decline_quote, actor="guest"), partial(ask_again, actor="guest", note="5.00?")])
def test_an_offer_that_was_declined_or_asked_anew_is_not_accepted(mug, no):
    request = asked((mug, 1))
    sent = acceptance(answered(request, "8.00"))
    no(request.pk)
    before = everything()

    with pytest.raises(QuoteNotOpen):
        place_order(**sent)
    assert everything() == before


def test_who_asks_again_gets_another_answer(mug):
    request = asked((mug, 1))
    answered(request, "8.00")
    ask_again(request.pk, actor="guest", note="Would 7 do?")
    request.refresh_from_db()
    assert (request.status, request.note) == ("requested", "Would 7 do?")

    made = answered(request, "7.00")
    assert made.revision == 2
    assert place_order(**acceptance(made)).subtotal_amount == Decimal("7.00")
    assert ShoppingCart.objects.filter(quote=made).count() == 1


def test_what_is_accepted_is_final(mug):
    request = asked((mug, 1))
    place_order(**acceptance(answered(request, "8.00")))
    before = everything()

    with pytest.raises(QuoteNotMovable):
        answered(request, "1.00")
    with pytest.raises(QuoteNotMovable):
        decline_quote(request.pk, actor="guest")
    with pytest.raises(QuoteNotMovable):
        ask_again(request.pk, actor="guest", note="")
    assert everything() == before


def test_stock_is_checked_when_the_offer_is_accepted(mug):
    sent = acceptance(answered(asked((mug, 50)), "8.00"))
    place_order(**acceptance(answered(asked((mug, 60)), "8.00")))
    before = everything()

    with pytest.raises(OutOfStock):
        place_order(**sent)
    assert everything() == before


def test_the_agreed_price_holds_whatever_lists_codes_and_the_catalogue_say(mug):
    ann = CustomerFactory()
    offer(price_list(group_with(ann, minimum_order_amount=1000)), "1.00", product=mug.product)
    DiscountCodeFactory(code=None, name="Sale", value=50)
    made = answered(asked((mug, 3), customer=ann), "8.00")
    sold_in(6, product=mug.product)
    Product.objects.update(price=99)

    (line,) = read_cart(acceptance(made)["cart_id"]).lines
    assert (line.unit_price, line.problem) == (Decimal("8.00"), None)
    order = place_order(**acceptance(made))
    assert (order.subtotal_amount, order.discount_amount) == (Decimal("24.00"), Decimal("0.00"))


def test_without_a_price_for_delivery_the_checkouts_holds(mug):
    made = answered(asked((mug, 1)), "8.00")

    assert place_order(**acceptance(made)).shipping_method == "Standard delivery"


def test_goods_that_are_gone_make_the_offer_another_one(mug):
    bowl = stocked(stock=5)
    made = answered(asked((mug, 1), (bowl, 1)), "8.00", "9.00")
    sent = acceptance(made)
    bowl.product.delete()
    before = everything()

    with pytest.raises(QuoteChanged):
        place_order(**sent)
    assert everything() == before
    with pytest.raises(InvalidAnswer):
        answered(made, "8.00", "9.00")


@pytest.mark.parametrize(
    "wrong",
    [
        {"valid_until": timezone.now() - timedelta(days=1)},
        {"shipping": Decimal(-1)},
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(mug, wrong):
    request = asked((mug, 1))
    before = everything()

    with pytest.raises(InvalidAnswer):
        answered(request, "8.00", **wrong)
    for prices in ({}, {request.lines.get().pk: Decimal(-1)}):
        with pytest.raises(InvalidAnswer):
            answer_quote(request.pk, prices, valid_until=timezone.now() + WEEK, actor="merchant")
    assert everything() == before


@pytest.mark.parametrize(("who", "guest_may", "customer_may"), [("", 0, 0), ("customers", 0, 1), ("everybody", 1, 1)])
def test_the_merchant_decides_who_may_ask(mug, who, guest_may, customer_may):
    take_requests(who)
    for customer, may in ((None, guest_may), (CustomerFactory(), customer_may)):
        if may:
            assert asked((mug, 1), customer=customer).status == "requested"
        else:
            with pytest.raises(QuotesNotOffered):
                asked((mug, 1), customer=customer)


def test_a_cart_that_is_somebody_elses_or_empty_asks_for_nothing(mug):
    ann, cart_id = CustomerFactory(), cart_with((mug, 1), session_id="s")
    empty = ShoppingCart.objects.create(session_id="t").pk
    before = everything()

    for cart, error in ((cart_id, CartGone), (None, CartGone)):
        with pytest.raises(error):
            request_quote(cart, email=ann.email, customer_id=ann.pk)
    with pytest.raises(CartEmpty):
        request_quote(empty, email="guest@example.com")
    with pytest.raises(InvalidContact):
        request_quote(cart_id, email="nobody")
    assert everything() == before


def test_a_mail_tells_of_the_answer_that_holds(mug):
    request = asked((mug, 1))
    answered(request, "8.00")
    answered(request, "7.00")
    send_answers(timezone.now())

    (letter,) = mail.outbox
    assert "€7.00" in letter.body
    assert not OutboxEvent.objects.filter(topic="mail.quote_answered", delivered_at=None).exists()


def test_accepting_costs_few_statements_however_many_lines(mug):
    def spent(count: int) -> int:
        goods = [(stocked(stock=9), 1) for _ in range(count)]
        sent = acceptance(answered(asked(*goods), *["8.00"] * count))
        with StatementCount() as statements:
            place_order(**sent)
        return statements.count

    assert spent(1) == spent(12) <= 25
