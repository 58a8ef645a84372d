"""Many unpaid guest orders with one mailbox are slowed down, and nothing else is."""

from typing import Any

import pytest
from django.test import override_settings

from tenant_shop.models import Order
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.storefront import unpaid_orders
from tests.accounts import account, log_in
from tests.factories.catalog import ProductFactory
from tests.shopper import Shopper
from tests.smartseller.test_health import DEAD_REDIS
from tests.statements import StatementCount
from tests.tenant_shop.storefront.test_purchase import BUYER

REFUSED = "Many orders with this e-mail address are waiting to be paid. Please pay or cancel one of them, or try again"


@pytest.fixture(autouse=True)
def two_an_hour(selling: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpaid_orders, "MOST_UNPAID", 2)
    ProductFactory(slug="mug", stock=50)


def at_checkout(shopper: Shopper | None = None) -> tuple[Shopper, Any]:
    shopper = shopper or Shopper()
    shopper.follow(shopper.add("mug"))
    return shopper, shopper.get("/checkout/")


def order(shopper: Shopper | None = None, **changes: str) -> Any:
    shopper, page = at_checkout(shopper)
    return shopper.submit(page, "/checkout/", **{**BUYER, **changes})


def test_the_next_one_is_refused_politely_and_nothing_moves(standing: Any) -> None:
    for email in ("ann@example.com", " Ann@Example.com"):
        assert order(email=email).status_code == 302
    shopper, page = at_checkout()
    before = standing()
    refused = shopper.submit(page, "/checkout/", **BUYER)
    assert refused.status_code == 429
    text = refused.content.decode()
    assert REFUSED in text
    assert 'value="1 Main Street"' in text, "what was typed is kept"
    assert standing() == before
    assert shopper.submit(refused, "/checkout/", **{**BUYER, "email": "bob@example.com"}).status_code == 302


def test_the_words_are_the_same_for_who_has_an_account() -> None:
    account()
    for _ in range(2):
        assert order().status_code == 302
    assert REFUSED in order().content.decode()


def test_what_is_paid_does_not_count() -> None:
    for _ in range(2):
        order()
    mark_as_paid(Order.objects.earliest("created_at").pk, actor="x")
    assert order().status_code == 302
    assert order().status_code == 429


def test_the_last_one_sent_twice_is_led_to_its_order() -> None:
    order()
    shopper, page = at_checkout()
    first, second = (shopper.submit(page, "/checkout/", **BUYER) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert Order.objects.count() == 2


def test_refused_attempts_are_no_orders() -> None:
    for _ in range(3):
        assert order(postal_code="").status_code == 422
    assert order().status_code == 302


def test_customers_who_are_logged_in_are_not_slowed_down() -> None:
    account()
    shopper = Shopper()
    log_in(shopper)
    for _ in range(3):
        assert order(shopper).status_code == 302


def test_a_shop_without_redis_keeps_nobody_out() -> None:
    with override_settings(CACHES=DEAD_REDIS):
        for _ in range(3):
            assert order().status_code == 302
    assert Order.objects.count() == 3


def test_an_order_below_the_limit_takes_no_statement_more() -> None:
    def statements() -> list[str]:
        shopper, page = at_checkout()
        with StatementCount() as counted:
            assert shopper.submit(page, "/checkout/", **BUYER).status_code == 302
        return [sql.split("WHERE")[0] for sql in counted.sql]

    first, second = statements(), statements()
    assert first == second
    assert not any('LOWER("orders"."customer_email")' in sql for sql in first)
