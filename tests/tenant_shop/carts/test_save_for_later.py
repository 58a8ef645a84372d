"""Things laid aside: kept thirty days, taken back at today's price, nobody else's."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.carts import saved
from tenant_shop.carts.errors import CartGone, CartLineGone, SavedFull, SavedLineGone, VariantUnavailable
from tenant_shop.carts.models import CartItem, SavedItem
from tenant_shop.carts.read import read_cart
from tenant_shop.carts.save_for_later import adopt_saved, forget_saved, save_line, take_back
from tenant_shop.carts.saved import SavedOwner, read_saved
from tenant_shop.carts.upkeep import Removed, remove_expired
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.inventory.errors import OutOfStock
from tests.factories.customers import CustomerFactory
from tests.shopping import at_once, cart_with, configure, everything, order_from, stocked
from tests.statements import StatementCount


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    configure()


@pytest.fixture
def guest() -> SavedOwner:
    return SavedOwner(list_id=uuid4())


def lay_aside(variant: ProductVariant, quantity: int, owner: SavedOwner) -> SavedItem:
    cart_id = cart_with((variant, quantity))
    save_line(cart_id, CartItem.objects.get(cart=cart_id).pk, owner=owner)
    assert not CartItem.objects.filter(cart=cart_id).exists()
    return SavedItem.objects.get(owner.rows, variant=variant)


def test_a_line_leaves_the_cart_and_comes_back_at_todays_price(guest: SavedOwner) -> None:
    mug = stocked(price="10.00", stock=5)
    row = lay_aside(mug, 3, guest)
    Product.objects.filter(pk=mug.product_id).update(price=Decimal("12.00"))
    (seen,) = read_saved(guest, shop_settings())
    assert (seen.quantity, seen.unit_price, seen.previous_price) == (3, Decimal("12.00"), Decimal("10.00"))
    cart_id, quantity = take_back(row.pk, owner=guest, cart_id=None, session_id="s")
    assert (quantity, read_cart(cart_id).subtotal) == (3, Decimal("36.00"))
    assert read_saved(guest, shop_settings()) == []


def test_what_is_no_longer_there_comes_back_as_far_as_it_goes(guest: SavedOwner) -> None:
    mug = stocked(stock=5)
    row = lay_aside(mug, 4, guest)
    order_from(cart_with((mug, 3)))
    cart_id, quantity = take_back(row.pk, owner=guest, cart_id=None, session_id="s")
    assert (quantity, read_cart(cart_id).item_count) == (2, 2)


def test_what_is_sold_out_or_off_sale_stays_on_the_list(guest: SavedOwner) -> None:
    mug, book = stocked(stock=2), stocked(stock=2)
    rows = [lay_aside(mug, 2, guest), lay_aside(book, 1, guest)]
    order_from(cart_with((mug, 2)))
    Product.objects.filter(pk=book.product_id).update(status="draft")
    assert [row.can_return for row in read_saved(guest, shop_settings())] == [False, False]
    before = everything()
    for row, error in zip(rows, (OutOfStock, VariantUnavailable), strict=True):
        with pytest.raises(error):
            take_back(row.pk, owner=guest, cart_id=None, session_id="s")
    assert everything() == before


def test_the_same_thing_laid_aside_twice_counts_once_with_the_larger_quantity(guest: SavedOwner) -> None:
    mug = stocked(stock=9)
    lay_aside(mug, 4, guest)
    assert lay_aside(mug, 2, guest).quantity == 4
    assert SavedItem.objects.count() == 1


def test_nobody_reaches_anothers_list(guest: SavedOwner, make_shop: Any) -> None:
    row = lay_aside(stocked(), 1, guest)
    strangers = [SavedOwner(), SavedOwner(list_id=uuid4()), SavedOwner(customer_id=CustomerFactory().pk)]
    before = everything()
    for owner in strangers:
        assert read_saved(owner, shop_settings()) == []
        with pytest.raises(SavedLineGone):
            take_back(row.pk, owner=owner, cart_id=None, session_id="s")
        with pytest.raises(SavedLineGone):
            forget_saved(row.pk, owner=owner)
    assert everything() == before
    with tenant_context(make_shop("globex")):
        assert read_saved(guest, shop_settings()) == []


def test_a_list_is_full_at_its_limit_and_nothing_is_lost(guest: SavedOwner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenant_shop.carts.save_for_later.MAX_SAVED", 1)
    lay_aside(stocked(), 1, guest)
    cart_id = cart_with((stocked(), 1))
    line, before = CartItem.objects.get(cart=cart_id), everything()
    with pytest.raises(SavedFull):
        save_line(cart_id, line.pk, owner=guest)
    with pytest.raises(CartLineGone):
        save_line(cart_id, uuid4(), owner=guest)
    with pytest.raises(CartGone):
        save_line(uuid4(), line.pk, owner=guest)
    assert everything() == before


def test_what_a_guest_laid_aside_follows_into_the_account(guest: SavedOwner) -> None:
    mug, book = stocked(), stocked()
    ann = SavedOwner(customer_id=CustomerFactory().pk)
    lay_aside(mug, 1, ann)
    lay_aside(mug, 5, guest)
    lay_aside(book, 2, guest)
    assert ann.customer_id is not None
    assert guest.list_id is not None
    for _ in range(2):
        adopt_saved(guest.list_id, ann.customer_id)
        assert {row.product_slug: row.quantity for row in read_saved(ann, shop_settings())} == {
            mug.product.slug: 1,
            book.product.slug: 2,
        }
    assert SavedItem.objects.count() == 2


def test_it_expires_with_the_carts(guest: SavedOwner) -> None:
    row = lay_aside(stocked(), 1, guest)
    now = timezone.now()
    assert row.expires_at > now + timedelta(days=29)
    SavedItem.objects.update(expires_at=now)
    assert read_saved(guest, shop_settings()) == []
    assert remove_expired(now) == Removed(carts=0, saved=1, sessions=0)


def test_two_clicks_at_once_take_a_thing_back_once(shop: TenantInfo, guest: SavedOwner) -> None:
    mug = stocked(stock=9)
    row = lay_aside(mug, 2, guest)
    cart_id = cart_with((stocked(), 1))
    calls = [partial(take_back, row.pk, owner=guest, cart_id=cart_id, session_id="s") for _ in range(4)]
    results = at_once(shop, calls)
    assert sorted(type(result).__name__ for result in results) == ["SavedLineGone"] * 3 + ["tuple"]
    assert CartItem.objects.get(variant=mug).quantity == 2


@pytest.mark.parametrize("lines", [1, 8])
def test_the_list_is_one_statement(lines: int, guest: SavedOwner, count_statements: Any) -> None:
    for _ in range(lines):
        lay_aside(stocked(), 1, guest)
    settings = shop_settings()
    with count_statements() as statements:
        assert len(read_saved(guest, settings)) == lines
    assert statements.count == 1
    assert saved.MAX_SAVED == 100


def test_who_takes_something_back_locks_the_cart_first_as_who_lays_something_aside(guest: SavedOwner) -> None:
    """The other way round the two would wait for each other."""
    mug = stocked()
    row, cart_id = lay_aside(mug, 1, guest), cart_with((stocked(), 1))
    with StatementCount() as statements:
        take_back(row.pk, owner=guest, cart_id=cart_id, session_id="s")
    locked = [sql.split('FROM "')[1].split('"')[0] for sql in statements.sql if "FOR NO KEY UPDATE" in sql]
    assert locked[:2] == ["shopping_carts", "saved_items"]
