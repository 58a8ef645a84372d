"""How long a shopper waits for others: not for a dry run at all, and for a lock three seconds at most."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from platform_core.tenancy import transactions
from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.errors import ShopBusy
from platform_core.tenancy.transactions import shopper_transaction
from tenant_shop.carts.change import add_line, set_line_quantity
from tenant_shop.carts.coupon import remove_coupon
from tenant_shop.carts.models import CartItem
from tenant_shop.imports.import_products import import_products
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tests.databases import owner
from tests.people import shop_browser
from tests.shopping import at_once, cart_with, configure, everything, stock_of, stocked, submission
from tests.tenant_shop.imports.files import as_csv, row


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    configure()


@pytest.fixture
def short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "SHOPPERS_WAIT_SECONDS", 0.2)


def test_an_order_is_placed_while_a_dry_run_of_its_goods_is_open(shop: TenantInfo, tmp_path: Path) -> None:
    mug = stocked(stock=5, slug="mug", sku="MUG", name="Mug")
    sent = submission(cart_with((mug, 2)))
    file = tmp_path / "products.csv"
    cells = {"title": "Mug", "sku": "MUG", "price": "10", "quantity": "9"}
    file.write_text(as_csv([row(handle="mug", **cells), row(handle="cap", title="Cap", price="1")]))
    placed: list[Any] = []

    def order_once(_: int) -> None:
        placed.append(at_once(shop, [partial(place_order, **sent)])[0])

    report = import_products(file, rejects_path=tmp_path / "r.csv", dry_run=True, on_progress=order_once)

    assert [type(order) for order in placed] == [Order]
    assert (report.as_json()["updated"], report.as_json()["imported"], stock_of(mug)) == (1, 1, 3)


@pytest.mark.usefixtures("short_wait")
def test_an_order_whose_goods_are_locked_elsewhere_is_given_up_and_nothing_moves(shop: TenantInfo) -> None:
    mug = stocked(stock=5)
    cart_id = cart_with((mug, 2))
    sent = submission(cart_id)
    before = everything()

    with owner(shop.database_name) as other, other.transaction():
        other.execute("SELECT 1 FROM product_variants WHERE id = %s FOR UPDATE", (mug.pk,))
        with pytest.raises(ShopBusy):
            place_order(**sent)

    assert everything() == before
    assert place_order(**sent).pk == Order.objects.get().pk


@pytest.mark.usefixtures("short_wait")
def test_a_cart_that_is_locked_elsewhere_is_not_waited_for(shop: TenantInfo) -> None:
    mug = stocked(stock=5)
    cart_id = cart_with((mug, 2))
    line = CartItem.objects.get()
    before = everything()
    verbs: list[Callable[[], object]] = [
        partial(add_line, cart_id, variant_id=mug.pk, quantity=1, session_id=""),
        partial(set_line_quantity, cart_id, line.pk, 3),
        partial(remove_coupon, cart_id),
    ]

    with owner(shop.database_name) as other, other.transaction():
        other.execute("SELECT 1 FROM shopping_carts WHERE id = %s FOR UPDATE", (cart_id,))
        for verb in verbs:
            with pytest.raises(ShopBusy):
                verb()

    assert everything() == before


@pytest.mark.usefixtures("short_wait")
def test_the_shopper_reads_when_to_come_back(shop: TenantInfo) -> None:
    mug = stocked(stock=5)
    browser = shop_browser(shop)
    form = {"variant": mug.pk, "quantity": 1}
    assert browser.post(f"/cart/lines/add/{mug.product.slug}/", form).status_code == 302

    with owner(shop.database_name) as other, other.transaction():
        other.execute("LOCK TABLE shopping_carts IN EXCLUSIVE MODE")
        answer = browser.post(f"/cart/lines/add/{mug.product.slug}/", form)

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Nothing was changed." in answer.content.decode()
    assert CartItem.objects.get().quantity == 1


def test_the_limit_is_three_seconds_and_ends_with_the_transaction(shop: TenantInfo) -> None:
    def limit() -> Any:
        with shop_connection().cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            return cursor.fetchone()[0]

    with shopper_transaction():
        assert limit() == "3s"
    assert limit() == "0"
    assert shop_connection().connection.session_changed is False
