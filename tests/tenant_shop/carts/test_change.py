"""Filling a cart."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.carts.change import add_line, remove_line, set_line_quantity
from tenant_shop.carts.errors import CartFull, CartGone, CartLineGone, InvalidQuantity, VariantUnavailable
from tenant_shop.carts.lines import MAX_QUANTITY
from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.carts.read import count_items
from tenant_shop.inventory.errors import OutOfStock
from tests.shopping import at_once, cart_with, configure, everything, order_from, stocked


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    configure()


def quantities(cart_id: UUID) -> list[int]:
    return list(CartItem.objects.filter(cart_id=cart_id).values_list("quantity", flat=True))


def test_the_first_thing_opens_a_cart() -> None:
    mug = stocked(price="12.50")
    cart_id = add_line(None, variant_id=mug.pk, quantity=2, session_id="ann")
    line = CartItem.objects.select_related("cart").get(cart_id=cart_id)
    assert (line.variant_id, line.quantity, line.unit_price) == (mug.pk, 2, Decimal("12.50"))
    assert (line.cart.session_id, line.cart.currency) == ("ann", "EUR")


def test_the_same_variant_again_makes_one_line_of_both() -> None:
    mug = stocked()
    cart_id = cart_with((mug, 2), (mug, 3))
    assert quantities(cart_id) == [5]
    assert count_items(cart_id) == 5


def test_a_forgotten_cart_is_found_again_by_its_session() -> None:
    mug = stocked()
    first = cart_with((mug, 1), session_id="ann")
    assert add_line(None, variant_id=mug.pk, quantity=1, session_id="ann") == first
    assert add_line(uuid4(), variant_id=mug.pk, quantity=1, session_id="ann") == first
    assert add_line(None, variant_id=mug.pk, quantity=1, session_id="bob") != first


def test_an_expired_cart_makes_room_for_a_new_one() -> None:
    mug = stocked()
    old = cart_with((mug, 1), session_id="ann")
    ShoppingCart.objects.filter(pk=old).update(expires_at=timezone.now() - timedelta(seconds=1))
    new = add_line(old, variant_id=mug.pk, quantity=1, session_id="ann")
    assert new != old
    assert quantities(old) == quantities(new) == [1]
    assert count_items(old) == 0


def test_an_ordered_cart_makes_room_for_a_new_one() -> None:
    mug = stocked()
    old = cart_with((mug, 1), session_id="ann")
    order_from(old)
    assert add_line(old, variant_id=mug.pk, quantity=1, session_id="ann") != old


def test_two_first_clicks_at_once_fill_one_cart(shop: TenantInfo) -> None:
    mug = stocked(stock=100)
    carts = at_once(shop, [lambda: add_line(None, variant_id=mug.pk, quantity=1, session_id="ann") for _ in range(8)])
    assert len(set(carts)) == 1
    assert quantities(carts[0]) == [8]


@pytest.mark.parametrize("quantity", [0, -1, MAX_QUANTITY + 1, 10**30])
def test_a_quantity_outside_the_limits_is_refused(quantity: int) -> None:
    mug = stocked(stock=1)
    before = everything()
    with pytest.raises(InvalidQuantity):
        add_line(None, variant_id=mug.pk, quantity=quantity, session_id="ann")
    assert everything() == before


def test_more_than_there_is_cannot_be_added() -> None:
    mug = stocked(name="Mug", stock=3)
    cart_id = cart_with((mug, 2))
    before = everything()
    with pytest.raises(OutOfStock) as refused:
        add_line(cart_id, variant_id=mug.pk, quantity=2, session_id="")
    (shortage,) = refused.value.shortages
    assert (shortage.variant_id, shortage.wanted, shortage.available) == (mug.pk, 4, 3)
    assert everything() == before


@pytest.mark.parametrize("free", [{"allow_backorder": True}, {"track_inventory": False}])
def test_goods_without_a_limit_can_be_added_without_stock(free: dict[str, Any]) -> None:
    assert quantities(cart_with((stocked(stock=0, **free), 7))) == [7]


@pytest.mark.parametrize("closed", [{"status": "draft"}, {"status": "archived"}, {"visibility": "catalog_only"}])
def test_what_is_not_on_sale_cannot_be_added(closed: dict[str, Any]) -> None:
    mug = stocked(**closed)
    before = everything()
    with pytest.raises(VariantUnavailable):
        add_line(None, variant_id=mug.pk, quantity=1, session_id="ann")
    with pytest.raises(VariantUnavailable):
        add_line(None, variant_id=uuid4(), quantity=1, session_id="ann")
    assert everything() == before


def test_a_hidden_product_can_be_ordered_by_those_who_know_it() -> None:
    assert quantities(cart_with((stocked(visibility="hidden"), 2))) == [2]


def test_a_line_can_be_changed_and_removed() -> None:
    mug, shirt = stocked(), stocked()
    cart_id = cart_with((mug, 1), (shirt, 2))
    of_mug, of_shirt = CartItem.objects.filter(cart_id=cart_id)
    set_line_quantity(cart_id, of_mug.pk, 4)
    assert quantities(cart_id) == [4, 2]
    set_line_quantity(cart_id, of_mug.pk, 0)
    remove_line(cart_id, of_shirt.pk)
    assert quantities(cart_id) == []


def test_fewer_is_possible_even_when_stock_is_short() -> None:
    mug = stocked(stock=9)
    cart_id = cart_with((mug, 9))
    order_from(cart_with((mug, 8)))
    line = CartItem.objects.get(cart_id=cart_id)
    set_line_quantity(cart_id, line.pk, 5)
    assert quantities(cart_id) == [5]
    with pytest.raises(OutOfStock):
        set_line_quantity(cart_id, line.pk, 6)


def test_another_carts_line_is_out_of_reach() -> None:
    mug = stocked()
    mine, theirs = cart_with((mug, 1)), cart_with((mug, 1))
    line = CartItem.objects.get(cart_id=theirs)
    before = everything()
    with pytest.raises(CartLineGone):
        remove_line(mine, line.pk)
    assert everything() == before


def test_an_ordered_or_unknown_cart_cannot_be_changed() -> None:
    mug = stocked()
    cart_id = cart_with((mug, 1))
    line = CartItem.objects.get(cart_id=cart_id)
    order_from(cart_id)
    before = everything()
    for gone in (cart_id, uuid4(), None):
        with pytest.raises(CartGone):
            set_line_quantity(gone, line.pk, 2)
    assert everything() == before


def test_a_cart_has_a_limit_of_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenant_shop.carts.change.MAX_LINES", 2)
    mug, shirt, hat = stocked(), stocked(), stocked()
    cart_id = cart_with((mug, 1), (shirt, 1))
    with pytest.raises(CartFull):
        add_line(cart_id, variant_id=hat.pk, quantity=1, session_id="")
    add_line(cart_id, variant_id=mug.pk, quantity=1, session_id="")
    assert quantities(cart_id) == [2, 1]
