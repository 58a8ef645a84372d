"""Whoever gets money back is told, once it is gone: a return's own mail says so of a return."""

from decimal import Decimal

import pytest
from django.core import mail
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.payments.gateways.demo import DemoGateway
from tenant_shop.payments.gateways.protocol import RefundNews
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import PaymentRefund
from tenant_shop.payments.refund import finish_refund, refund_amount, refund_lines
from tenant_shop.payments.refund_news import take_refund_news
from tenant_shop.payments.refunded_mail import TOPIC, send_refunded_mails
from tests.paying import take_cards
from tests.refunding import down, give_back, paid
from tests.shopping import at_once, order_of, stocked


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    take_cards()


def test_pieces_are_named_and_the_form_sent_twice_is_told_once() -> None:
    order = order_of((stocked(name="Mug", price="10.00"), 2), email="ann@example.com")
    mark_as_paid(order.pk, actor="clerk")
    line = order.items.get()
    for _ in range(2):
        refund_lines(order.pk, wanted={line.pk: 1}, shipping=False, restock=False, key="one", actor="clerk")

    assert send_refunded_mails(timezone.now()) == 1
    message = mail.outbox[-1]
    assert message.to == ["ann@example.com"]
    assert message.subject.endswith("We have given €10.00 back")
    assert "It is for these goods of your order:" in str(message.body)
    assert "1 x Mug" in str(message.body)


def test_an_amount_is_told_without_goods() -> None:
    order = order_of((stocked(price="10.00"), 2))
    mark_as_paid(order.pk, actor="clerk")
    refund_amount(
        order.payments.get().pk, amount=Decimal("3.50"), key="one", actor="clerk", reason="Kindness, secretly"
    )
    assert send_refunded_mails(timezone.now()) == 1
    text = str(mail.outbox[-1].body)
    assert "We have given €3.50 back" in text
    assert "Your bank may need some days to show it." in text
    assert "secretly" not in text


def test_nothing_is_told_before_the_money_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    _, payment = paid()
    monkeypatch.setattr(DemoGateway, "refund", down)
    give_back(payment, "5.00")
    assert OutboxEvent.objects.filter(topic=TOPIC).count() == 0
    refund = PaymentRefund.objects.get()
    finish_refund(refund.pk, reference="", is_done=False, problem="no")
    assert OutboxEvent.objects.filter(topic=TOPIC).count() == 0


def test_money_that_came_back_before_the_mail_was_written_is_not_told() -> None:
    order = order_of((stocked(price="10.00"), 2))
    mark_as_paid(order.pk, actor="clerk")
    refund = refund_amount(order.payments.get().pk, amount=Decimal("3.50"), key="one", actor="clerk")
    PaymentRefund.objects.filter(pk=refund.pk).update(state=PaymentRefund.State.FAILED)
    assert send_refunded_mails(timezone.now()) == 0
    assert mail.outbox == []


def at_the_gateway(refund: PaymentRefund | None = None, *, ends: str = "done") -> RefundNews:
    """What a gateway says of a refund of 3.50: made there, or by us."""
    return RefundNews(
        reference=str(refund.gateway_reference) if refund else "re_1",
        ours=refund.pk.hex if refund else "",
        intent="",
        amount=Decimal("3.50"),
        is_done=ends == "done",
        is_failed=ends == "failed",
    )


def test_a_refund_made_at_the_gateway_is_told_once_however_often_the_gateway_says_so() -> None:
    _, payment = paid(email="ann@example.com")
    for ends in ("pending", "done", "done"):
        take_refund_news(payment, at_the_gateway(ends=ends), actor="stripe")
    assert send_refunded_mails(timezone.now()) == 1
    take_refund_news(payment, at_the_gateway(), actor="stripe")
    assert send_refunded_mails(timezone.now()) == 0
    (message,) = mail.outbox
    assert message.to == ["ann@example.com"]
    assert message.subject.endswith("We have given €3.50 back")
    assert "Your bank may need some days to show it." in str(message.body)


def test_two_messages_of_the_gateway_at_once_are_told_once(shop: TenantInfo) -> None:
    _, payment = paid()
    at_once(shop, [lambda: take_refund_news(payment, at_the_gateway(), actor="stripe")] * 3)
    assert OutboxEvent.objects.filter(topic=TOPIC).count() == 1


def test_a_refund_of_ours_is_told_once_though_the_gateways_message_overtakes_its_answer(
    shop: TenantInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, payment = paid()
    with monkeypatch.context() as patched:
        patched.setattr(DemoGateway, "refund", down)
        refund = give_back(payment, "3.50")
    told = at_the_gateway(refund)
    at_once(
        shop,
        [
            lambda: take_refund_news(payment, told, actor="stripe"),
            lambda: finish_refund(refund.pk, reference=told.reference),
            lambda: take_refund_news(payment, told, actor="stripe"),
        ],
    )
    assert OutboxEvent.objects.filter(topic=TOPIC).count() == 1
    assert send_refunded_mails(timezone.now()) == 1


def test_what_failed_at_the_gateway_before_the_mail_was_written_is_not_told() -> None:
    _, payment = paid()
    for ends in ("done", "failed", "done"):
        take_refund_news(payment, at_the_gateway(ends=ends), actor="stripe")
    assert send_refunded_mails(timezone.now()) == 0
    assert mail.outbox == []
