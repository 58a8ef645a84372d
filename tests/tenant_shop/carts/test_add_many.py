"""Many things into a cart at once: each wholly or not at all, and none of it twice."""

from uuid import uuid4

import pytest

from tenant_shop.carts.add_many import add_lines
from tenant_shop.carts.errors import CartFull, InvalidQuantity, VariantUnavailable
from tenant_shop.carts.lines import MAX_LINES
from tenant_shop.inventory.errors import OutOfStock
from tenant_shop.models import CartItem, ShoppingCart
from tests.shopping import cart_with, configure, stocked


@pytest.fixture(autouse=True)
def selling(shop):
    configure()


def lines() -> dict:
    return dict(CartItem.objects.values_list("variant_id", "quantity"))


def test_good_lines_go_in_and_the_others_stay_out_whole():
    mug, vase, bowl = stocked(stock=10), stocked(stock=3), stocked(stock=5)
    unknown = uuid4()

    outcome = add_lines(None, [(mug.pk, 4), (vase.pk, 5), (unknown, 1), (bowl.pk, 5)], session_id="s")

    assert outcome.added == {mug.pk: 4, bowl.pk: 5}
    assert {key: type(error) for key, error in outcome.refused.items()} == {
        vase.pk: OutOfStock,
        unknown: VariantUnavailable,
    }
    assert lines() == {mug.pk: 4, bowl.pk: 5}
    assert ShoppingCart.objects.get().pk == outcome.cart_id


def test_what_the_cart_holds_counts_and_pieces_are_summed():
    mug, vase = stocked(stock=10), stocked(stock=10)
    cart = cart_with((mug, 6), (vase, 1))

    outcome = add_lines(cart, [(mug.pk, 3), (vase.pk, 2), (mug.pk, 2)], session_id="s")

    assert outcome.added == {vase.pk: 2}
    assert outcome.refused[mug.pk].shortages[0].wanted == 11
    assert lines() == {mug.pk: 6, vase.pk: 3}


@pytest.mark.parametrize("pieces", [0, -1, 10_000])
def test_impossible_quantities_are_refused(pieces):
    mug = stocked(stock=10)

    outcome = add_lines(None, [(mug.pk, pieces)], session_id="s")

    assert isinstance(outcome.refused[mug.pk], InvalidQuantity)
    assert outcome.cart_id is None
    assert not ShoppingCart.objects.exists()


def test_nothing_good_opens_no_cart():
    assert add_lines(None, [(stocked(stock=0).pk, 1)], session_id="s").cart_id is None
    assert not ShoppingCart.objects.exists()


def test_the_sessions_open_cart_is_found_with_what_it_holds():
    mug = stocked(stock=10)
    cart = cart_with((mug, 8), session_id="s")

    outcome = add_lines(None, [(mug.pk, 3)], session_id="s")

    assert (outcome.cart_id, outcome.added) == (cart, {})
    assert lines() == {mug.pk: 8}


def test_a_cart_has_room_for_so_many_lines(monkeypatch):
    monkeypatch.setattr("tenant_shop.carts.add_many.MAX_LINES", 2)
    first, second, third = (stocked(stock=5) for _ in range(3))

    outcome = add_lines(None, [(first.pk, 1), (second.pk, 1), (third.pk, 1)], session_id="s")

    assert list(outcome.added) == [first.pk, second.pk]
    assert isinstance(outcome.refused[third.pk], CartFull)
    assert MAX_LINES == 200


def test_statements_do_not_grow_with_the_lines(count_statements):
    counted = []
    for number in (2, 12):
        variants = [stocked(stock=5) for _ in range(number)]
        cart = cart_with((variants[0], 1))
        with count_statements() as statements:
            add_lines(cart, [(variant.pk, 1) for variant in variants], session_id="s")
        counted.append(statements.count)
    assert counted[0] == counted[1] <= 9
