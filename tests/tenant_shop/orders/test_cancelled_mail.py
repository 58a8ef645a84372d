"""Whoever has ordered is told that the order is cancelled: by whom it may be, once, with what becomes of the money."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.core import mail
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.orders import cancelled_mail
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.cancelled_mail import TOPIC, send_cancelled_mail, send_cancelled_mails
from tenant_shop.orders.errors import OrderNotCancellable
from tenant_shop.orders.expire import expire_unpaid
from tenant_shop.orders.models import Order
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.refund import refund_amount
from tests.shopping import at_once, configure, order_of, stocked


@pytest.fixture(autouse=True)
def queued(shop: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    configure()
    sent: list[str] = []
    monkeypatch.setattr(cancelled_mail.send_cancelled_mail_task, "delay", sent.append)
    return sent


def ordered(**changes: str) -> Order:
    return order_of((stocked(name="Mug", price="10.00", stock=5), 2), email="ann@example.com", **changes)


def test_an_order_that_nobody_paid_says_so_and_is_told_once(shop: TenantInfo, queued: list[str]) -> None:
    order = ordered()
    assert expire_unpaid(timezone.now() + timedelta(days=8)) == 1

    event = OutboxEvent.objects.get(topic=TOPIC)
    assert queued == [str(event.pk)]
    assert sorted(at_once(shop, [lambda: send_cancelled_mail(event.pk)] * 3)) == [False, False, True]
    (message,) = mail.outbox
    assert message.to == ["ann@example.com"]
    assert message.subject.endswith(f"Your order {order.order_number} is cancelled")
    text = str(message.body)
    assert "It was not paid in time, so these goods are on sale again:" in text
    assert "2 x Mug" in text
    assert "You have nothing to pay for it. If you have sent money already, it goes back to you." in text
    assert f"/orders/{order.public_token}/" in text


def test_what_was_paid_is_said_to_go_back_also_when_it_is_gone_by_then() -> None:
    order = ordered()
    mark_as_paid(order.pk, actor="clerk")
    cancel_order(order.pk, reason="The mug is broken, and so are we.", actor="clerk")
    payment = order.payments.get()
    refund_amount(payment.pk, amount=order.total_amount, key="one", actor="clerk")

    assert send_cancelled_mails(timezone.now()) == 1
    text = str(mail.outbox[-1].body)
    assert "What you have paid goes back to you: €24.90." in text
    assert "These goods are not sent:" in text
    assert "broken" not in text  # the reason is the merchant's own


def test_a_refusal_writes_to_nobody() -> None:
    order = ordered()
    cancel_order(order.pk, reason="", actor="clerk")
    with pytest.raises(OrderNotCancellable):
        cancel_order(order.pk, reason="", actor="clerk")
    assert OutboxEvent.objects.filter(topic=TOPIC).count() == 1


def test_it_is_written_in_the_orders_language() -> None:
    order = ordered(language="de")
    cancel_order(order.pk, reason="", actor="clerk")
    send_cancelled_mails(timezone.now())
    assert mail.outbox[-1].subject.endswith(f"Ihre Bestellung {order.order_number} ist storniert")


def test_of_a_test_order_that_is_gone_nothing_is_told() -> None:
    order = ordered()
    cancel_order(order.pk, reason="", actor="clerk")
    event = OutboxEvent.objects.get(topic=TOPIC)
    OutboxEvent.objects.filter(pk=event.pk).update(payload={**event.payload, "order_id": str(UUID(int=1))})
    assert send_cancelled_mails(timezone.now()) == 0
    assert mail.outbox == []
