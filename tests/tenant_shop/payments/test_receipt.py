"""Whoever paid is told that the money has come: once, and what follows from it."""

from decimal import Decimal

import pytest
from django.core import mail
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.documents.models import Document
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.fulfil import fulfil_rest
from tenant_shop.orders.models import Order
from tenant_shop.orders.shipped_mail import send_shipped_mails
from tenant_shop.payments import receipt
from tenant_shop.payments.errors import NothingOpen
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.receipt import TOPIC, send_receipt, send_receipts
from tenant_shop.payments.settle import settle
from tests.documents import selling, text_of
from tests.shopping import at_once, configure, order_of, stocked


@pytest.fixture(autouse=True)
def queued(shop: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    configure()
    sent: list[str] = []
    monkeypatch.setattr(receipt.send_receipt_task, "delay", sent.append)
    return sent


def receipts() -> list[OutboxEvent]:
    return list(OutboxEvent.objects.filter(topic=TOPIC))


def test_a_transfer_that_arrives_is_told_once_however_often_it_is_entered(shop: TenantInfo, queued: list[str]) -> None:
    order = order_of((stocked(name="Mug", price="10.00"), 2), email="ann@example.com")
    assert receipts() == []

    mark_as_paid(order.pk, actor="test")
    with pytest.raises(NothingOpen):
        mark_as_paid(order.pk, actor="test")

    (event,) = receipts()
    assert queued == [str(event.pk)]
    assert sorted(at_once(shop, [lambda: send_receipt(event.pk)] * 4)) == [False, False, False, True]
    (message,) = mail.outbox
    assert message.to == ["ann@example.com"]
    assert "We received €24.90. We now get your order ready to be sent." in str(message.body)
    assert "2 x Mug" in str(message.body)
    assert f"/orders/{order.public_token}/" in str(message.body)


def test_part_of_the_money_is_no_payment_yet(shop: TenantInfo) -> None:
    order = order_of((stocked(price="10.00"), 2))
    payment = Payment.objects.get(order=order)
    settle(payment.pk, kind=PaymentEntry.Kind.CAPTURED, amount=Decimal(5), actor="test")
    assert receipts() == []


def test_money_for_a_cancelled_order_is_said_to_go_back(shop: TenantInfo) -> None:
    order = order_of((stocked(price="10.00"), 2))
    cancel_order(order.pk, reason="test", actor="test")
    payment = Payment.objects.get(order=order)
    settle(payment.pk, kind=PaymentEntry.Kind.CAPTURED, amount=order.total_amount, actor="test")

    assert send_receipts(timezone.now()) == 1

    text = str(mail.outbox[-1].body)
    assert "for an order that had been cancelled before. We will give the money back." in text
    assert "ready" not in text


def test_what_costs_nothing_needs_no_receipt(shop: TenantInfo) -> None:
    configure(shipping_rates=[{"code": "standard", "name": "Standard", "amount": "0"}])
    order = order_of((stocked(price="0.00"), 1))
    with pytest.raises(NothingOpen):
        mark_as_paid(order.pk, actor="test")
    assert receipts() == []


@pytest.mark.parametrize(
    ("changes", "sent"), [({"payment_method": "cash_on_delivery"}, "unfulfilled"), ({}, "fulfilled"), ({}, "partial")]
)
def test_what_was_sent_or_is_paid_at_the_door_is_not_got_ready_again(
    shop: TenantInfo, changes: dict[str, str], sent: str
) -> None:
    order = order_of((stocked(price="10.00"), 2), **changes)
    Order.objects.filter(pk=order.pk).update(fulfillment_status=sent)
    mark_as_paid(order.pk, actor="test")
    assert send_receipts(timezone.now()) == 1
    text = str(mail.outbox[-1].body)
    assert "We received €24.90.\n" in text
    assert "ready" not in text


def test_the_receipt_leads_to_the_invoice_which_is_there_by_then(shop: TenantInfo) -> None:
    selling()
    order = order_of((stocked(), 1))
    mark_as_paid(order.pk, actor="test")
    assert Document.objects.count() == 0

    send_receipts(timezone.now())

    invoice, (message,) = Document.objects.get(), mail.outbox
    link = f"/orders/{order.public_token}/documents/{invoice.pk}/"
    assert (invoice.number, invoice.order_id, message.attachments) == ("INV-000001", order.pk, [])
    assert "Invoice INV-000001 (PDF):\nhttp" in str(message.body)
    for text in (str(message.body), str(message.alternatives[0][0])):
        assert link in text


def test_a_shop_may_have_the_invoice_in_the_mails_themselves(shop: TenantInfo) -> None:
    selling(invoice_mail="attach")
    order = order_of((stocked(), 1))
    mark_as_paid(order.pk, actor="test")
    fulfil_rest(order.pk, key="k", actor="test")

    send_receipts(timezone.now())
    send_shipped_mails(timezone.now())

    assert len(mail.outbox) == 2
    for message in mail.outbox:
        ((name, content, kind),) = message.attachments
        assert (name, kind) == ("INV-000001.pdf", "application/pdf")
        assert "Invoice INV-000001" in text_of(content)
        assert "Invoice INV-000001 (PDF)" in str(message.body)


def test_mails_say_nothing_of_an_invoice_where_there_is_none(shop: TenantInfo) -> None:
    selling(invoice_issue="by_hand", invoice_mail="attach")
    order = order_of((stocked(), 1))
    mark_as_paid(order.pk, actor="test")
    fulfil_rest(order.pk, key="k", actor="test")

    send_receipts(timezone.now())
    send_shipped_mails(timezone.now())

    assert Document.objects.count() == 0
    assert [("nvoice" in str(each.body), each.attachments) for each in mail.outbox] == [(False, []), (False, [])]
