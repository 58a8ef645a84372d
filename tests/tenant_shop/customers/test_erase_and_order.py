"""Erasing a customer while they order: one of the two waits, and no order keeps the name of somebody erased."""

import pytest

from platform_core.tenancy import transactions
from platform_core.tenancy.errors import ShopBusy
from tenant_shop.carts.change import add_line
from tenant_shop.customers import erase as erasing
from tenant_shop.customers.erase import erase
from tenant_shop.customers.errors import OrdersUnderWay
from tenant_shop.models import Customer, Order, ShoppingCart
from tenant_shop.orders.errors import CartGone
from tenant_shop.orders.place import place_order
from tests.accounts import account
from tests.shopping import at_once, stocked, submission
from tests.statements import StatementCount
from tests.tenant_shop.customers.test_data import erase_link


def checkout_of(customer: Customer) -> dict:
    """What the customer's click on "order" sends, with a mug in the cart."""
    cart_id = add_line(None, variant_id=stocked(slug="mug").pk, quantity=1, session_id="", customer_id=customer.pk)
    return submission(cart_id, email=customer.email, customer_id=customer.pk)


def test_an_erasure_and_an_order_at_once_leave_no_order_with_the_name(selling):
    customer = account()
    click, link = checkout_of(customer), erase_link(customer)
    erased, placed = at_once(selling, [lambda: erase(link), lambda: place_order(**click)])
    customer.refresh_from_db()
    if isinstance(placed, Order):
        assert isinstance(erased, OrdersUnderWay)
        assert (customer.email, Order.objects.get().customer_email) == ("ann@example.com", "ann@example.com")
    else:
        assert (erased, type(placed)) == (None, CartGone)
        assert Order.objects.count() == 0


def test_an_order_that_comes_while_the_customer_is_erased_waits_and_finds_no_cart(selling, monkeypatch):
    """The order starts when the erasure has seen that nothing is under way, and has not ended."""
    customer = account()
    click, link = checkout_of(customer), erase_link(customer)
    monkeypatch.setattr(transactions, "SHOPPERS_WAIT_SECONDS", 0.1)
    placed = []
    scrub = erasing._scrub_orders

    def order_meanwhile(erased):
        placed.extend(at_once(selling, [lambda: place_order(**click)]))
        scrub(erased)

    monkeypatch.setattr(erasing, "_scrub_orders", order_meanwhile)
    erase(link)
    assert [type(result) for result in placed] == [ShopBusy]
    with pytest.raises(CartGone):
        place_order(**click)
    assert Order.objects.count() == 0


def test_a_cart_that_is_opened_and_ordered_while_the_customer_is_erased_is_no_order(selling, monkeypatch):
    """The erasure has deleted the carts that there were, and not ended."""
    customer = account()
    link, mug = erase_link(customer), stocked(slug="mug")
    monkeypatch.setattr(transactions, "SHOPPERS_WAIT_SECONDS", 0.1)
    sent, placed = [], []
    scrub = erasing._scrub_orders

    def open_a_cart():
        return add_line(None, variant_id=mug.pk, quantity=1, session_id="", customer_id=customer.pk)

    def order_meanwhile(erased):
        (cart_id,) = at_once(selling, [open_a_cart])
        sent.extend(at_once(selling, [lambda: submission(cart_id, email=customer.email, customer_id=customer.pk)]))
        placed.extend(at_once(selling, [lambda: place_order(**sent[0])]))
        scrub(erased)

    monkeypatch.setattr(erasing, "_scrub_orders", order_meanwhile)
    erase(link)
    assert [type(result) for result in placed] == [ShopBusy]
    with pytest.raises(CartGone):
        place_order(**sent[0])
    assert Order.objects.count() == 0


def test_an_order_locks_its_customer_before_its_cart(selling):
    click = checkout_of(account())
    with StatementCount() as statements:
        place_order(**click)
    locked = [sql.split('FROM "')[1].split('"')[0] for sql in statements.sql if "FOR NO KEY UPDATE" in sql]
    assert locked[:2] == ["customers", "shopping_carts"]
    assert statements.count <= 25


def test_a_refused_erasure_leaves_the_cart(selling):
    customer = account()
    link = erase_link(customer)
    place_order(**checkout_of(customer))
    add_line(None, variant_id=stocked(slug="cup").pk, quantity=1, session_id="", customer_id=customer.pk)
    with pytest.raises(OrdersUnderWay):
        erase(link)
    assert ShoppingCart.objects.filter(customer=customer, completed_at=None).count() == 1


def test_an_erasure_locks_orders_before_their_customer(selling):
    """As everybody does who changes an order; the other way round two would wait for each other."""
    customer = account()
    link = erase_link(customer)
    with StatementCount() as statements:
        erase(link)
    locked = [sql.split('FROM "')[1].split('"')[0] for sql in statements.sql if "FOR NO KEY UPDATE" in sql]
    assert locked[:3] == ["orders", "customers", "shopping_carts"]
