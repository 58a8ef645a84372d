"""What may go wrong between cart and payment: the shopper is told, and is charged for what was ordered, once."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from platform_core.tenancy.connections import server_settings
from platform_core.tenancy.postgresql.base import pool
from tenant_shop.models import DiscountCode, DiscountRedemption, Order, OutboxEvent, Payment, Product, Setting
from tenant_shop.payments.errors import GatewayUnavailable
from tenant_shop.payments.gateways.demo import Card, DemoGateway
from tenant_shop.payments.models import PaymentEntry
from tenant_shop.verification.verify_shop import verify_shop
from tests.delay_proxy import DelayProxy, delay_proxy
from tests.factories.catalog import ProductFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.paying import NUMBERS, message, tell
from tests.shopper import Shopper
from tests.shopping import at_once
from tests.tenant_shop.storefront.test_purchase import BUYER


@pytest.fixture
def mug(selling: Any) -> Product:
    return ProductFactory(name="Stoneware mug", slug="mug", price=Decimal("24.00"), stock=5)


@pytest.fixture
def checkout(mug: Product, shopper: Shopper) -> Any:
    """The checkout page with one mug in the cart: 28.90 in euros."""
    shopper.follow(shopper.add("mug"))
    return shopper.get("/checkout/")


def order(shopper: Shopper, page: Any, **changes: str) -> Any:
    return shopper.submit(page, "/checkout/", **{**BUYER, **changes})


def test_a_currency_that_changed_with_the_checkout_open_is_told_and_nothing_ordered(
    checkout: Any, shopper: Shopper, standing: Any
) -> None:
    """The figures are the same, and what they mean is not."""
    before = standing()
    Setting.objects.filter(key="currency").update(value="USD")
    page = order(shopper, checkout)
    text = page.content.decode()
    assert page.status_code == 409
    assert "Prices are in another currency now: USD. Nothing has been ordered." in text
    assert "$28.90" in text
    assert standing() == before
    assert order(shopper, page).status_code == 302
    assert (Order.objects.get().currency, Payment.objects.get().currency) == ("USD", "USD")


def test_a_cart_page_of_another_tab_does_not_make_the_old_checkout_good(checkout: Any, shopper: Shopper) -> None:
    Setting.objects.filter(key="currency").update(value="USD")
    assert shopper.get("/cart/").status_code == 200
    assert order(shopper, checkout).status_code == 409
    assert Order.objects.count() == 0


def test_a_code_that_was_deleted_while_it_was_in_a_cart_is_told_and_the_order_placed_without_it(
    mug: Product, shopper: Shopper, standing: Any
) -> None:
    code = DiscountCodeFactory(code="TEN")
    shopper.follow(shopper.add("mug"))
    shopper.get("/discount/TEN/")
    page = shopper.get("/checkout/")
    assert "€26.50" in page.content.decode()
    DiscountCode.objects.filter(pk=code.pk).delete()
    before = standing()
    refused = order(shopper, page)
    assert refused.status_code == 409
    assert "There is no code TEN. Nothing has been ordered." in refused.content.decode()
    assert standing() == before
    assert order(shopper, refused).status_code == 302
    placed = Order.objects.get()
    assert (placed.total_amount, placed.discount_codes) == (Decimal("28.90"), [])
    assert DiscountRedemption.objects.count() == 0
    assert verify_shop() == []


def take_cards() -> None:
    Setting.objects.update_or_create(key="test_mode", defaults={"value": True})
    Setting.objects.filter(key="payment_methods").update(value=["test_card", "bank_transfer"])


def test_what_goes_into_the_cart_while_an_order_is_paid_is_not_charged_with_it(mug: Product, shopper: Shopper) -> None:
    take_cards()
    shopper.follow(shopper.add("mug"))
    pay_page = shopper.follow(order(shopper, shopper.get("/checkout/"), payment_method="test_card"))
    shopper.follow(shopper.add("mug", quantity="3"))
    placed = Order.objects.get()
    path = f"/orders/{placed.public_token}/pay/"
    shopper.submit(pay_page, path, number=NUMBERS[Card.SUCCEEDS], expiry="12 / 99", code="123", name="Ann")
    assert PaymentEntry.objects.get().amount == placed.total_amount == Decimal("28.90")
    assert placed.items.get().quantity == 1
    assert "€72.00" in shopper.get("/cart/").content.decode(), "it waits there"


def test_a_gateway_that_answers_after_its_time_has_charged_once(
    mug: Product, shopper: Shopper, selling: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It took the money, we had hung up; the shopper sends the form again, and then the gateway's message comes."""
    take_cards()
    shopper.follow(shopper.add("mug"))
    pay_page = shopper.follow(order(shopper, shopper.get("/checkout/"), payment_method="test_card"))
    placed, payment = Order.objects.get(), Payment.objects.get()
    real = DemoGateway.enter

    def too_late(*args: Any) -> Any:
        real(*args)
        raise GatewayUnavailable("demo", "ReadTimeout")

    monkeypatch.setattr(DemoGateway, "enter", too_late)
    path = f"/orders/{placed.public_token}/pay/"
    card = {"number": NUMBERS[Card.SUCCEEDS], "expiry": "12 / 99", "code": "123", "name": "Ann"}
    for _ in range(2):
        assert shopper.submit(pay_page, path, **card).status_code == 302
    payment.refresh_from_db()
    assert tell(selling, message(payment)).status_code == 200
    assert shopper.get(path)["Location"] == f"/orders/{placed.public_token}/"
    assert PaymentEntry.objects.get().amount == Decimal("28.90")
    assert verify_shop() == []


@pytest.fixture
def line(selling: Any, settings: Any) -> Iterator[DelayProxy]:
    """The line to the shop's database, which can break."""
    direct = settings.DATABASE_SERVERS["primary"]
    server = Path(django_settings.EMBEDDED.run_dir) / ".s.PGSQL.5432"
    with delay_proxy(server, seed=0) as (proxy, folder):
        address = make_conninfo(**{**conninfo_to_dict(direct["app"]), "host": str(folder)})
        settings.DATABASE_SERVERS = {"primary": {**direct, "app": address}}
        server_settings.cache_clear()
        pool().forget("")
        yield proxy
        pool().forget("")
    server_settings.cache_clear()


def test_an_order_whose_commit_nobody_heard_of_is_found_by_the_same_form(
    checkout: Any, shopper: Shopper, selling: Any, line: DelayProxy
) -> None:
    """PostgreSQL has written it and dies before it says so: the shopper reads 503 and sends the page again."""
    line.loses_next_commit = True
    (page,) = at_once(selling, [lambda: order(shopper, checkout)])  # not by the line of this thread
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "Nothing was changed." not in page.content.decode(), "nobody knows"
    placed = Order.objects.get()
    (again,) = at_once(selling, [lambda: order(shopper, checkout)])
    assert (again.status_code, again["Location"]) == (302, f"/orders/{placed.public_token}/")
    assert Order.objects.count() == OutboxEvent.objects.filter(topic="mail.order_placed").count() == 1
    assert verify_shop() == []
