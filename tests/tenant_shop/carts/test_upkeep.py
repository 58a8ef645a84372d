"""Carts and sessions that are over go at night, in batches; what is in use and what was ordered stays."""

from datetime import timedelta
from uuid import uuid4

import pytest
from celery.schedules import crontab
from django.contrib.sessions.models import Session
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo, tenant_context
from smartseller.schedule import SCHEDULE
from tenant_shop.carts import upkeep
from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.carts.upkeep import Removed, remove_expired
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tests.databases import owner
from tests.shopping import cart_with, configure, stocked, submission

NOW = timezone.now()
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    configure()


def session(key: str, *, expires_in: timedelta) -> None:
    Session.objects.create(session_key=key, session_data="x", expire_date=NOW + expires_in)


def test_only_what_is_over_goes_with_its_lines(shop: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "BATCH", 2)
    mug = stocked(stock=50)
    carts = [cart_with((mug, 1)) for _ in range(6)]
    ShoppingCart.objects.filter(pk__in=carts[:5]).update(expires_at=NOW - MINUTE)
    ShoppingCart.objects.filter(pk=carts[5]).update(expires_at=NOW + MINUTE)
    for number in range(3):
        session(f"over{number}", expires_in=-MINUTE)
    session("alive", expires_in=MINUTE)

    assert remove_expired(NOW) == Removed(carts=5, saved=0, sessions=3)

    assert list(ShoppingCart.objects.values_list("pk", flat=True)) == [carts[5]]
    assert list(CartItem.objects.values_list("cart_id", flat=True)) == [carts[5]]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["alive"]
    assert remove_expired(NOW) == Removed(carts=0, saved=0, sessions=0)


def test_an_order_outlives_its_cart_and_a_cart_sent_again_finds_it() -> None:
    sent = submission(cart_with((stocked(stock=5), 1)))
    order = place_order(**sent)
    ShoppingCart.objects.update(expires_at=NOW - MINUTE)

    assert remove_expired(NOW).carts == 1

    assert Order.objects.get().cart_id == sent["cart_id"]
    assert place_order(**{**sent, "idempotency_key": str(uuid4())}).pk == order.pk


def test_a_cart_in_use_is_left_for_the_next_night(shop: TenantInfo) -> None:
    cart_id = cart_with((stocked(), 1))
    ShoppingCart.objects.update(expires_at=NOW - MINUTE)
    with owner(shop.database_name) as other, other.transaction():
        other.execute("SELECT 1 FROM shopping_carts WHERE id = %s FOR UPDATE", (cart_id,))
        assert remove_expired(NOW).carts == 0
    assert remove_expired(NOW).carts == 1


def test_another_shops_carts_stay(platform: object, make_shop: object) -> None:
    bolt = make_shop("bolt")  # type: ignore[operator]
    with tenant_context(bolt):
        configure()
        cart_with((stocked(), 1))
        ShoppingCart.objects.update(expires_at=NOW - MINUTE)
    remove_expired(NOW)
    with tenant_context(bolt):
        assert ShoppingCart.objects.count() == 1


def test_it_is_done_every_night_in_each_shop() -> None:
    job = SCHEDULE["remove carts and sessions that are over"]
    assert (job["task"], job["kwargs"]["task_name"]) == ("tenancy.for_each_shop", "carts.upkeep")
    assert job["schedule"] == crontab(hour=2, minute=20)
