"""The mail that confirms an order is sent, and not lost when something is down."""

import smtplib
from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from kombu.exceptions import OperationalError

from platform_core.tenancy.context import TenantInfo
from tenant_shop.configuration.models import Setting
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.orders import confirmation
from tenant_shop.orders.confirmation import send_confirmation, send_confirmations
from tenant_shop.orders.models import Order
from tenant_shop.shipping.models import ShippingZone, ShippingZoneRate
from tests.shopping import at_once, configure, order_of, stocked


@pytest.fixture(autouse=True)
def queued(shop: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A shop that sells; what would be queued is written down instead."""
    configure(tax_rate="0.19", prices_include_tax=True, store_name="Café <Nord>", store_email="hello@nord.example")
    sent: list[str] = []
    monkeypatch.setattr(confirmation.send_confirmation_task, "delay", sent.append)
    return sent


def waiting() -> OutboxEvent:
    return OutboxEvent.objects.get(topic="mail.order_placed")


def test_the_mail_tells_the_order_in_text_and_html(shop: TenantInfo, queued: list[str]) -> None:
    order = order_of((stocked(name="Mug <b>", price="10.00"), 2), email="ann@example.com")
    assert queued == [str(waiting().pk)]
    assert send_confirmation(waiting().pk)
    (message,) = mail.outbox
    assert message.to == ["ann@example.com"]
    assert message.subject == f"Café <Nord>: your order {order.order_number}"
    assert message.reply_to == ["hello@nord.example"]
    text, (html, kind) = message.body, message.alternatives[0]
    for part in (order.order_number, f"/orders/{order.public_token}/", "€24.90", "Bank transfer", "10115 Berlin"):
        assert part in text
        assert part in html
    assert "2 x Mug <b>: €20.00" in text
    assert kind == "text/html"
    assert "Mug &lt;b&gt;" in html
    assert "Tax included, 19%: €3.97" in text
    assert str(shop.slug) in text


def test_what_is_picked_up_is_not_said_to_be_delivered(shop: TenantInfo) -> None:
    zone = ShippingZone.objects.create(name="Workshop", kind="pickup")
    rate = ShippingZoneRate.objects.create(zone=zone, name="At the workshop", amount=0)
    name = {"first_name": "Ann", "last_name": "Example"}
    order = order_of(
        (stocked(price="10.00"), 1), shipping_code=str(rate.pk), shipping_address=name, billing_address=name
    )
    assert send_confirmation(waiting().pk)
    (message,) = mail.outbox
    text, html = str(message.body), str(message.alternatives[0][0])
    assert "Pick-up (At the workshop): Free" in text
    assert "Picked up by:\nAnn Example\n\n" in text
    assert "Pick-up: At the workshop" in html
    for words in (text, html, Client(headers={"host": "acme.localhost"}).get(f"/orders/{order.public_token}/").text):
        assert "Picked up by" in words
        assert "Deliver" not in words
        assert "Germany" not in words


def test_it_is_sent_once_however_often_the_task_runs(shop: TenantInfo) -> None:
    order_of((stocked(), 1))
    event = waiting()
    results = at_once(shop, [lambda: send_confirmation(event.pk)] * 5)
    assert sorted(results) == [False, False, False, False, True]
    assert not send_confirmation(event.pk)
    assert len(mail.outbox) == 1
    assert waiting().delivered_at is not None


def test_a_broker_that_is_down_does_not_fail_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    down = mock.Mock(side_effect=OperationalError("connection refused"))
    monkeypatch.setattr(confirmation.send_confirmation_task, "delay", down)
    order = order_of((stocked(), 1))
    assert Order.objects.get().pk == order.pk
    assert mail.outbox == []
    assert send_confirmations(timezone.now()) == 1
    assert send_confirmations(timezone.now()) == 0
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("error", [OSError("no route"), smtplib.SMTPServerDisconnected("gone")])
def test_a_mail_server_that_is_down_is_tried_again_later(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    order_of((stocked(), 1))
    with mock.patch("django.core.mail.EmailMultiAlternatives.send", side_effect=error):
        assert not send_confirmation(waiting().pk)
    event = waiting()
    assert (event.attempts, event.delivered_at) == (1, None)
    assert str(error) in (event.last_error or "")
    assert send_confirmations(timezone.now()) == 0
    OutboxEvent.objects.update(available_at=timezone.now() - timedelta(seconds=1))
    assert send_confirmations(timezone.now()) == 1
    assert (waiting().attempts, waiting().last_error) == (2, None)


def test_a_worker_that_died_while_sending_is_replaced_when_its_lease_runs_out() -> None:
    order_of((stocked(), 1))
    with (
        mock.patch("django.core.mail.EmailMultiAlternatives.send", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        send_confirmation(waiting().pk)
    assert not send_confirmation(waiting().pk)
    OutboxEvent.objects.update(available_at=timezone.now() - timedelta(seconds=1))
    assert send_confirmation(waiting().pk)
    assert len(mail.outbox) == 1


def test_a_refused_order_promises_no_mail(queued: list[str], count_statements: Any) -> None:
    with pytest.raises(Exception, match="total has changed"):
        order_of((stocked(), 1), expected_total=Decimal(1))
    assert queued == []
    assert not OutboxEvent.objects.exists()


@pytest.mark.parametrize("language", ["xx-nonsense", "", "de-AT"])
def test_an_unknown_language_falls_back(language: str) -> None:
    Setting.objects.update_or_create(key="language", defaults={"value": language})
    order_of((stocked(), 1))
    assert send_confirmation(waiting().pk)
