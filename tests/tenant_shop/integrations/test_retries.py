"""What a failure leads to: tried again by the schedule, nothing lost in three days of silence, the owners told."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.integrations.fan_out import fan_out
from tenant_shop.integrations.models import OutboxEvent, Webhook, WebhookDelivery
from tenant_shop.integrations.webhooks.relay import relay
from tenant_shop.integrations.webhooks.resend import resend
from tenant_shop.integrations.webhooks.schedule import DELAYS, delay_after, pause_after
from tenant_shop.integrations.webhooks.settle_delivery import settle_deliveries
from tenant_shop.integrations.webhooks.switch import switch_off
from tenant_shop.integrations.webhooks.tell_owners import TOPIC, send_news
from tenant_shop.integrations.webhooks.transport import Answer
from tests.people import let_in, make_user
from tests.receiver import answers
from tests.webhooks import Clock, delivery, happen


def test_a_failure_is_tried_again_after_the_schedule_and_the_shop_sees_why(
    shop: TenantInfo, receiver, listening
) -> None:
    books = receiver(answers(500, b"no room"))
    webhook, _ = listening(books)
    happen()
    clock = Clock()
    relay(clock=clock)
    sent = delivery()
    assert (sent.state, sent.attempts, sent.response_status, sent.response_body) == ("waiting", 1, 500, "no room")
    assert timedelta(seconds=5) <= sent.next_attempt_at - clock.now <= timedelta(seconds=5.5)
    books.behave = answers(200)
    assert clock.run_to_next(clock.now + timedelta(minutes=1))
    sent = delivery()
    assert (sent.state, sent.attempts, len(sent.log)) == ("delivered", 2, 2)
    assert [entry["status"] for entry in sent.log] == [500, 200]
    assert {taken.id for taken in books.taken} == {str(sent.event_id)}
    webhook.refresh_from_db()
    assert (webhook.failure_count, webhook.failing_since, webhook.last_failure_at is None) == (0, None, False)


def test_the_schedule_is_that_of_standard_webhooks_and_later_only() -> None:
    assert sum(DELAYS, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)
    for attempts, planned in enumerate(DELAYS[1:], start=1):
        found = delay_after(attempts, retries=9)
        assert found is not None
        assert planned <= found <= planned * 1.1
    assert delay_after(10, retries=9) is None
    assert delay_after(3, retries=2) is None
    assert delay_after(1, retries=9, asked_for=timedelta(hours=1)) == timedelta(hours=1)
    assert delay_after(1, retries=9, asked_for=timedelta(days=400)) == timedelta(hours=24)
    assert [pause_after(number) for number in (4, 5, 6, 50)] == [
        None, timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=15),
    ]  # fmt: skip


def test_retries_are_as_many_as_the_endpoint_says(shop: TenantInfo, receiver, listening) -> None:
    books = receiver(answers(400))
    listening(books, retry_count=1)
    happen()
    clock = Clock()
    relay(clock=clock)
    clock.run_to_next(clock.now + timedelta(days=1))
    assert (delivery().state, delivery().attempts, len(books.taken)) == ("failed", 2, 2)
    assert not clock.run_to_next(clock.now + timedelta(days=9))


def test_retry_after_is_honoured_for_the_whole_endpoint(shop: TenantInfo, receiver, listening) -> None:
    books = receiver(answers(429, Retry_After="600"))
    listening(books)
    happen()
    clock = Clock()
    relay(clock=clock)
    happen()
    clock.now += timedelta(minutes=9)
    assert relay(clock=clock) == 0
    books.behave = answers(200)
    clock.now += timedelta(minutes=2)
    relay(clock=clock)
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_what_fails_beside_it_does_not_take_back_that_it_is_left_alone(shop: TenantInfo, receiver, listening) -> None:
    webhook, _ = listening(receiver())
    happen(2)
    now = timezone.now() + timedelta(seconds=1)
    fan_out(now)
    asks, fails = WebhookDelivery.objects.select_related("webhook").order_by("pk")

    settle_deliveries([(asks, Answer(status=429, retry_after=timedelta(minutes=10)))], at=now)
    settle_deliveries([(fails, Answer(status=500))], at=now + timedelta(seconds=1))

    webhook.refresh_from_db()
    assert (webhook.failure_count, webhook.paused_until) == (1, now + timedelta(minutes=10))


@pytest.mark.slow
def test_a_receiver_that_was_down_for_72_hours_has_lost_nothing(shop: TenantInfo, receiver, listening) -> None:
    books = receiver(answers(503))
    webhook, secret = listening(books)
    clock, wanted = Clock(), []
    down_until = clock.now + timedelta(hours=72)
    for _ in range(24):  # something happens every three hours
        wanted += happen(2)
        OutboxEvent.objects.filter(delivered_at=None).update(available_at=clock.now)
        relay(clock=clock)
        until = clock.now + timedelta(hours=3)
        while clock.run_to_next(until):
            pass
        clock.now = until
    webhook.refresh_from_db()
    assert clock.now == down_until
    assert webhook.is_active
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"waiting"}
    books.behave = answers(200)
    books.taken.clear()
    while clock.run_to_next(down_until + timedelta(hours=30)):
        pass
    assert sorted({taken.id for taken in books.taken}) == sorted(wanted)
    assert WebhookDelivery.objects.filter(state="delivered").count() == 48
    with time_machine.travel(clock.now, tick=False):
        books.taken[-1].verified(secret)


def test_a_receiver_that_is_gone_is_switched_off_and_the_owners_are_told(shop: TenantInfo, receiver, listening) -> None:
    let_in(make_user("owner@acme.example"), shop)
    books = receiver(answers(410))
    webhook, _ = listening(books)
    happen(2)
    relay()
    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.off_because) == (False, "gone")
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"failed"}
    assert send_news(OutboxEvent.objects.get(topic=TOPIC).pk)
    (letter,) = mail.outbox
    assert letter.to == ["owner@acme.example"]
    assert "Books is switched off" in letter.subject
    assert f"/admin/settings/webhooks/{webhook.pk}/" in letter.body


def test_owners_are_told_after_a_day_and_it_is_switched_off_after_five(shop: TenantInfo, receiver, listening) -> None:
    let_in(make_user("owner@acme.example"), shop)
    books = receiver(answers(500))
    webhook, _ = listening(books)
    clock = Clock()
    start = clock.now
    told: list[tuple[str, int]] = []
    for hours in range(0, 5 * 24 + 7, 6):
        clock.now = start + timedelta(hours=hours)
        happen()
        OutboxEvent.objects.filter(delivered_at=None).exclude(topic=TOPIC).update(available_at=clock.now)
        Webhook.objects.update(paused_until=None)
        relay(clock=clock)
        for event in OutboxEvent.objects.filter(topic=TOPIC, delivered_at=None):
            told.append((event.payload["news"], hours))
            OutboxEvent.objects.filter(pk=event.pk).update(delivered_at=clock.now)
    webhook.refresh_from_db()
    assert told == [("failing", 24), ("switched_off", 120)]
    assert (webhook.is_active, webhook.off_because) == (False, "failing")


def test_an_endpoint_that_fails_again_and_again_is_left_alone_and_tried_with_one(
    shop: TenantInfo, receiver, listening
) -> None:
    books = receiver(answers(500))
    webhook, _ = listening(books)
    happen(50)
    clock = Clock()
    relay(clock=clock)
    assert 5 <= len(books.taken) <= 12
    webhook.refresh_from_db()
    assert webhook.paused_until > clock.now
    before = len(books.taken)
    clock.now = webhook.paused_until
    relay(clock=clock)
    assert len(books.taken) == before + 1
    books.behave = answers(200)
    while clock.run_to_next(clock.now + timedelta(hours=1)):
        pass
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_what_was_sent_or_given_up_can_be_sent_again(shop: TenantInfo, receiver, listening) -> None:
    books = receiver(answers(500))
    webhook, _ = listening(books, retry_count=0)
    wanted = happen(3)
    relay()
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"failed"}
    books.behave = answers(200)
    ids = list(WebhookDelivery.objects.values_list("pk", flat=True))
    assert resend(ids, at=timezone.now()) == 3
    assert resend(ids, at=timezone.now()) == 0
    relay()
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"delivered"}
    assert sorted(taken.id for taken in books.taken[3:]) == sorted(wanted)
    assert resend(ids[:1], at=timezone.now()) == 1
    switch_off(webhook.pk)
    assert resend(ids, at=timezone.now()) == 0


def test_what_fails_at_once_is_one_failure_and_the_endpoint_is_tried_again_soon(
    shop: TenantInfo, receiver, listening
) -> None:
    books = receiver(answers(500))
    webhook, _ = listening(books)
    for _ in range(8):
        happen()
    clock = Clock()

    relay(clock=clock)

    webhook.refresh_from_db()
    assert len(books.taken) == 8
    assert (webhook.failure_count, webhook.paused_until) == (1, None)
    books.behave = answers(200)
    soon = clock.now + timedelta(seconds=6)
    while clock.run_to_next(soon):
        pass
    assert not WebhookDelivery.objects.filter(state="waiting").exists()
