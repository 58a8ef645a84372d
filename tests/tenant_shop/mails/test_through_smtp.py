"""Mails of buying reach a real mail server, once, and are not lost when it fails in one of its ways."""

from collections.abc import Iterator
from datetime import timedelta
from email.utils import parseaddr
from typing import Any

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.orders import confirmation
from tenant_shop.orders.confirmation import send_confirmations
from tenant_shop.payments import receipt
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.receipt import send_receipts
from tests.mail_server import HOST, MailServer, mail_server
from tests.shopping import configure, order_of, stocked

pytestmark = pytest.mark.slow


@pytest.fixture
def server(settings: Any, shop: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """Where the mails of a shop that sells go; no worker takes them there before the test does."""
    configure(store_name="Café <Nord>", store_email="hello@nord.example")
    for task in (confirmation.send_confirmation_task, receipt.send_receipt_task):
        monkeypatch.setattr(task, "delay", lambda event_id: None)
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, running.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield running


def send_all() -> int:
    """What the recurring jobs do, now that all that waits is due."""
    OutboxEvent.objects.filter(delivered_at=None).update(available_at=timezone.now() - timedelta(seconds=1))
    return send_confirmations(timezone.now()) + send_receipts(timezone.now())


def test_an_order_and_its_payment_are_told_in_two_mails_of_two_parts(server: MailServer) -> None:
    order = order_of((stocked(name="Mug <b> ☕", price="10.00"), 2), email="ann@example.com")
    assert send_all() == 1
    mark_as_paid(order.pk, actor="test")
    assert send_all() == 1
    assert send_all() == 0

    placed, paid = server.taken
    assert [mail["Subject"].strip() for mail in (placed, paid)] == [
        f"Café <Nord>: your order {order.order_number}",
        f"Café <Nord>: payment received for order {order.order_number}",
    ]
    assert placed["Message-ID"] != paid["Message-ID"]
    for mail, said in ((placed, "Bank transfer"), (paid, "We received €24.90.")):
        assert (mail["To"], mail["Reply-To"]) == ("ann@example.com", "hello@nord.example")
        assert parseaddr(mail["From"])[0] == "Café <Nord>"
        text, html = (mail.get_body(("plain",)), mail.get_body(("html",)))
        assert text is not None
        assert html is not None
        for words in (text.get_content(), html.get_content()):
            assert said in words
            assert order.order_number in words
        assert "2 x Mug <b> ☕" in text.get_content()
        assert "Mug &lt;b&gt; ☕" in html.get_content()


@pytest.mark.parametrize("answer", ["451 4.3.0 try again later", "552 5.2.2 mailbox full"])
def test_a_server_that_refuses_is_asked_again_and_takes_the_mail_once(server: MailServer, answer: str) -> None:
    order_of((stocked(), 1))
    server.failures = [answer, answer]

    assert [send_all() for _ in range(4)] == [0, 0, 1, 0]

    assert len(server.taken) == 1
    event = OutboxEvent.objects.get(topic="mail.order_placed")
    assert (event.attempts, event.last_error) == (3, None)
    assert event.delivered_at is not None


def test_a_failure_waits_for_its_turn(server: MailServer) -> None:
    order_of((stocked(), 1))
    server.failures = ["451 4.3.0 try again later"]
    assert send_all() == 0
    event = OutboxEvent.objects.get(topic="mail.order_placed")
    assert "try again later" in (event.last_error or "")
    assert send_confirmations(timezone.now()) == 0, "not before a minute has passed"
    assert (event.attempts, server.taken) == (1, [])


def test_a_mail_whose_answer_was_lost_is_sent_again_under_the_same_name(server: MailServer) -> None:
    order_of((stocked(), 1))
    server.failures = [MailServer.DROP]

    assert [send_all(), send_all(), send_all()] == [0, 1, 0]

    assert len(server.taken) == 2
    assert len({mail["Message-ID"] for mail in server.taken}) == 1


def test_no_server_at_all_loses_nothing(server: MailServer, settings: Any) -> None:
    order = order_of((stocked(), 1))
    mark_as_paid(order.pk, actor="test")
    settings.EMAIL_PORT = 1  # nobody listens there
    assert send_all() == 0
    settings.EMAIL_PORT = server.port
    assert send_all() == 2
    assert len(server.taken) == 2
