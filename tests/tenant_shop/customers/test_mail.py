"""Mails to customers are sent, and not lost when something is down."""

from datetime import timedelta
from unittest import mock

import pytest
from django.core import mail
from django.utils import timezone
from kombu.exceptions import OperationalError

from tenant_shop.configuration.theme import parse_theme
from tenant_shop.customers.change_email import ask_to_change_email
from tenant_shop.customers.mail import send_mail, send_mail_task, send_mails
from tenant_shop.customers.register import Applicant, register
from tenant_shop.customers.reset import ask_for_reset, reset_password
from tenant_shop.models import CustomerToken, OutboxEvent
from tests.accounts import PASSWORD, account, link_in, mails, token_in

pytestmark = pytest.mark.usefixtures("selling")
ANN = Applicant(email="ann@example.com", password=PASSWORD)


def test_a_mail_has_the_shops_name_and_colours_in_text_and_html(selling, configure):
    configure(store_name="Café <Nord>", languages=["de"])
    register(Applicant(email="ann@example.com", password=PASSWORD, language="de"))
    (message,) = mails()
    html, kind = message.alternatives[0]
    assert (message.to, message.reply_to, kind) == (["ann@example.com"], ["hello@harbour.example"], "text/html")
    assert link_in(message).startswith("/de/account/confirm/")
    assert link_in(message) in html
    assert "Café &lt;Nord&gt;" in html
    assert f"background:{parse_theme(selling.theme).brand}" in html
    assert '<html lang="de" dir="ltr">' in html


def test_the_task_sends_and_a_second_one_does_not():
    register(ANN)
    event = OutboxEvent.objects.get()
    send_mail_task.run(str(event.pk))
    assert len(mail.outbox) == 1
    assert not send_mail(event.pk)
    assert len(mail.outbox) == 1


def test_a_broker_that_is_down_does_not_fail_the_visitor(monkeypatch):
    monkeypatch.setattr(send_mail_task, "delay", mock.Mock(side_effect=OperationalError("refused")))
    register(ANN)
    assert mail.outbox == []
    assert send_mails(timezone.now()) == 1


def test_a_mail_server_that_is_down_is_tried_again_with_the_same_link():
    account()
    ask_for_reset("ann@example.com", language="")
    with mock.patch("django.core.mail.EmailMultiAlternatives.send", side_effect=OSError("no route")):
        assert send_mails(timezone.now()) == 0
    event = OutboxEvent.objects.get()
    assert event.last_error == "OSError: no route"
    assert send_mails(timezone.now()) == 0, "not before a minute has passed"
    OutboxEvent.objects.update(available_at=timezone.now() - timedelta(seconds=1))
    assert send_mails(timezone.now()) == 1
    assert CustomerToken.objects.count() == 1


def test_a_link_that_was_replaced_is_not_mailed():
    customer = account()
    for _ in range(2):
        ask_to_change_email(customer, "new@example.com", password=PASSWORD)
    assert [message.to for message in mails()].count(["new@example.com"]) == 1


def leave_undelivered() -> None:
    """As a worker does that dies after sending: the lease has run out, and nothing says that the mail was sent."""
    OutboxEvent.objects.update(delivered_at=None, available_at=timezone.now() - timedelta(seconds=1))


def test_a_mail_that_is_sent_again_does_not_revive_a_link_that_was_used():
    account()
    ask_for_reset("ann@example.com", language="")
    (message,) = mails()
    reset_password(token_in(message), "eight yellow saucers")
    OutboxEvent.objects.exclude(payload__kind="reset").delete()
    leave_undelivered()
    assert mails() == []
    assert not CustomerToken.objects.exists()
    assert OutboxEvent.objects.get().delivered_at is not None


def test_a_link_is_good_for_as_long_when_its_mail_comes_late():
    account()
    ask_for_reset("ann@example.com", language="")
    with mock.patch("django.core.mail.EmailMultiAlternatives.send", side_effect=OSError("no route")):
        send_mails(timezone.now())
    CustomerToken.objects.update(expires_at=timezone.now())
    leave_undelivered()
    (message,) = mails()
    assert reset_password(token_in(message), "eight yellow saucers").email == "ann@example.com"
