"""While a gateway thinks, nothing of the shop is locked, whatever it was asked: others buy, pay and cancel then."""

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.inventory.lock import lock_variants
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.expire import expire_unpaid
from tenant_shop.orders.models import Order
from tenant_shop.payments.ask import start_payment
from tenant_shop.payments.capture import capture_payment
from tenant_shop.payments.gateways.demo import Card, DemoGateway
from tenant_shop.payments.let_go import let_promises_go
from tenant_shop.payments.models import Payment
from tenant_shop.payments.next_attempt import next_attempt
from tenant_shop.payments.refund import refund_amount, refund_lines
from tenant_shop.payments.upkeep import ask_about_payments
from tests.databases import owner
from tests.paying import RETURN, card_order, give_card, take_cards
from tests.shopper import Shopper
from tests.shopping import order_of, stocked
from tests.tenant_shop.storefront.test_purchase import BUYER

# What anybody holds in this shop's database, and who is in a transaction there.
HELD = """
    SELECT l.locktype, l.mode, l.relation::regclass::text FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE d.datname = current_database() AND l.pid <> pg_backend_pid() AND l.granted
    UNION ALL
    SELECT 'transaction', state, query FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
"""


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    take_cards()


class Asked(NamedTuple):
    """A question to the gateway, and who asks it of this order."""

    question: str
    card: Card | None
    ask: Callable[[Order, Payment], Any]


def quiet() -> None:
    Payment.objects.update(asked_at=timezone.now() - timedelta(minutes=2))


def announce(order: Order, payment: Payment) -> None:
    another = order_of((stocked(), 1), payment_method="test_card")
    start_payment(Payment.objects.get(order=another), another, shop_settings(), return_url=RETURN)


def ask_about(order: Order, payment: Payment) -> None:
    quiet()
    ask_about_payments(timezone.now())


def let_go(order: Order, payment: Payment) -> None:
    cancel_order(order.pk, reason="", actor="ann")
    let_promises_go()


def give_lines_back(order: Order, payment: Payment) -> None:
    wanted = {item.pk: 1 for item in order.items.all()}
    refund_lines(order.pk, wanted=wanted, shipping=True, restock=True, key="k", actor="ann")


def check_out(order: Order, payment: Payment) -> None:
    stocked(slug="mug")
    shopper = Shopper()
    shopper.add("mug")
    shopper.submit(shopper.get("/checkout/"), "/checkout/", **{**BUYER, "country": "DE", "payment_method": "test_card"})


QUESTIONS = {
    "start": Asked("start", None, announce),
    "start by the checkout": Asked("start", None, check_out),
    "enter": Asked("enter", None, lambda order, payment: give_card(Card.SUCCEEDS, order, payment)),
    "read by the job": Asked("read", Card.ANSWER_LOST, ask_about),
    "read by the page": Asked("read", None, lambda order, payment: Shopper().get(f"/orders/{order.public_token}/pay/")),
    "drop for another way": Asked(
        "drop",
        None,
        lambda order, payment: next_attempt(order, shop_settings(), after=payment.pk, method="bank_transfer"),
    ),
    "drop when it expires": Asked(
        "drop", None, lambda order, payment: expire_unpaid(timezone.now() + timedelta(minutes=31))
    ),
    "drop of a promise": Asked("drop", Card.AUTHORIZES, let_go),
    "capture": Asked("capture", Card.AUTHORIZES, lambda order, payment: capture_payment(payment.pk, actor="ann")),
    "refund": Asked(
        "refund",
        Card.SUCCEEDS,
        lambda order, payment: refund_amount(payment.pk, amount=Decimal(1), key="k", actor="ann"),
    ),
    "refund of lines": Asked("refund", Card.SUCCEEDS, give_lines_back),
}


@pytest.mark.parametrize("asked", QUESTIONS.values(), ids=QUESTIONS)
def test_nothing_is_locked_while_a_gateway_thinks(
    shop: TenantInfo, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, payment = card_order()
    if asked.card is not None:
        give_card(asked.card, order, payment)
        payment.refresh_from_db()
    is_thinking, goes_on = threading.Event(), threading.Event()
    real = getattr(DemoGateway, asked.question)

    def think(*args: Any, **how: Any) -> Any:
        is_thinking.set()
        assert goes_on.wait(60)
        return real(*args, **how)

    def somebody() -> None:
        try:
            with tenant_context(shop):
                asked.ask(order, payment)
        finally:
            is_thinking.set()

    monkeypatch.setattr(DemoGateway, asked.question, think)
    thread = threading.Thread(target=somebody)
    thread.start()
    try:
        assert is_thinking.wait(60)
        assert thread.is_alive(), "the gateway was asked"
        with owner(shop.database_name) as watcher:
            assert watcher.execute(HELD).fetchall() == []
        others_go_on(order)
    finally:
        goes_on.set()
        thread.join()


def others_go_on(order: Order) -> None:
    """The order, its goods and its attempts can be locked at once, and somebody else buys the same."""
    item = order.items.get()
    with shop_transaction(), shop_connection().cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '100ms'")
        assert Order.objects.select_for_update().filter(pk=order.pk).exists()
        assert Payment.objects.select_for_update().filter(order=order).exists()
        assert lock_variants([item.variant_id])
    assert item.variant is not None
    assert order_of((item.variant, 1)).status == "pending"
