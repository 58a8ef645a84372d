"""What the tests of payments share: a shop in test mode, orders to be paid by card, and the demo gateway's messages."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any
from unittest import mock

from django.test import Client
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.orders.models import Order
from tenant_shop.payments.ask import enter_payment, start_payment
from tenant_shop.payments.gateways.demo import CARDS, Card, captured
from tenant_shop.payments.gateways.demo_messages import sign_message, write_message
from tenant_shop.payments.gateways.protocol import Report
from tenant_shop.payments.models import Payment
from tests.people import shop_browser
from tests.shopping import configure, order_of, stocked

CALLBACKS = "/payments/callbacks/demo/"
RETURN = "http://acme.localhost/orders/x/pay/"
NUMBERS = {card: number for number, card in CARDS.items()}


def take_cards(**settings: Any) -> None:
    """A shop in test mode, which takes test cards beside its other ways to pay."""
    configure(payment_methods=["test_card", "bank_transfer", "cash_on_delivery"], test_mode=True, **settings)


@contextmanager
def real_money() -> Iterator[None]:
    """The demo gateway as one that takes real money: its orders are sales, which count, and no tests."""
    places = ("methods", "next_attempt", "gateways.registry")
    with ExitStack() as stack:
        for place in places:
            stack.enter_context(
                mock.patch(f"tenant_shop.payments.{place}.is_usable", lambda gateway, shop: gateway != "stripe")
            )
        yield


def card_order(*, price: str = "10.00", stock: int = 10, quantity: int = 1, **changes: Any) -> tuple[Order, Payment]:
    """An order of 4.90 more than `price`, to be paid by card, whose gateway knows of it."""
    order = order_of((stocked(price=price, stock=stock), quantity), payment_method="test_card", **changes)
    payment = Payment.objects.get(order=order)
    start_payment(payment, order, shop_settings(), return_url=RETURN)
    payment.refresh_from_db()
    return order, payment


def give_card(card: Card, order: Order, payment: Payment) -> Report:
    """Pay with a test card; what the gateway said."""
    return enter_payment(payment, order, shop_settings(), {"number": NUMBERS[card]}, return_url=RETURN)


def message(payment: Payment, *, report: Report | None = None, at: datetime | None = None, **changes: Any) -> bytes:
    """What the gateway tells: by default that all of it was taken."""
    told = report or captured(f"demo_{payment.pk.hex}")
    facts: dict[str, Any] = {"payment_id": str(payment.pk), "amount": payment.amount, "currency": payment.currency}
    return write_message(told, **{**facts, **changes}, at=at or timezone.now())


def tell(shop: TenantInfo, body: bytes, **headers: str) -> Any:
    """Send a message to the shop's door, signed with the key of the shop whose context is active."""
    signed = sign_message(body, message_id="message-1", at=timezone.now())
    browser: Client = shop_browser(shop, enforce_csrf_checks=True)
    return browser.post(CALLBACKS, body, content_type="application/json", headers={**signed, **headers})


def standing(order: Order) -> tuple[str, str]:
    """Status and payment status."""
    found = Order.objects.get(pk=order.pk)
    return found.status, found.payment_status
