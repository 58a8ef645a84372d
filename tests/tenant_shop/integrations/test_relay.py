"""Deliveries: signed, at least once, each endpoint for itself."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, timedelta
from typing import Any

import pytest
from django.utils import timezone
from standardwebhooks import WebhookVerificationError

from platform_core.plans.models import TenantPlan
from platform_core.tenancy import directory
from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo, tenant_context
from smartseller.schedule import SCHEDULE
from tenant_shop.integrations.fan_out import fan_out
from tenant_shop.integrations.forget_told import forget_old
from tenant_shop.integrations.keys.errors import ApiNotInPlan
from tenant_shop.integrations.models import Event, OutboxEvent, Webhook, WebhookDelivery
from tenant_shop.integrations.webhooks import relay as relaying
from tenant_shop.integrations.webhooks import wake
from tenant_shop.integrations.webhooks.lease_deliveries import take_due
from tenant_shop.integrations.webhooks.relay import relay, relay_task
from tenant_shop.integrations.webhooks.rotate_secret import rotate_secret
from tenant_shop.integrations.webhooks.send_test import send_test
from tenant_shop.integrations.webhooks.transport import Answer, post
from tests.receiver import answers, stalls
from tests.shopping import configure, order_of, stocked
from tests.webhooks import Clock, delivery, happen


def test_an_order_reaches_who_verifies_it_with_the_package(shop: TenantInfo, receiver, listening) -> None:
    configure()
    books = receiver()
    webhook, secret = listening(books, headers={"X-Key": "k1"})
    order = order_of((stocked(), 1))
    assert relay() == 1
    (taken,) = books.taken
    told = taken.verified(secret)
    event = Event.objects.get(type="order.created")
    assert told == {
        "id": str(event.pk),
        "type": "order.created",
        "timestamp": event.occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "api_version": "1",
        "data": event.data,
    }
    assert told["data"]["order_number"] == order.order_number
    assert (taken.id, taken.headers["x-key"]) == (str(event.pk), "k1")
    with pytest.raises(WebhookVerificationError):
        taken.verified("whsec_" + "A" * 32)
    sent = delivery()
    assert (sent.state, sent.attempts, sent.response_status, sent.response_body) == ("delivered", 1, 200, "ok")
    webhook.refresh_from_db()
    assert (webhook.failure_count, webhook.last_success_at is None) == (0, False)


def test_while_rotating_either_secret_verifies(shop: TenantInfo, receiver, listening) -> None:
    books = receiver()
    webhook, old = listening(books)
    _, new = rotate_secret(webhook.pk, at=timezone.now())
    happen()
    relay()
    (taken,) = books.taken
    assert taken.verified(old) == taken.verified(new)


def test_one_dead_endpoint_delays_no_other(shop: TenantInfo, receiver, listening) -> None:
    """The dead one is released only when the live one has everything: it would wait for ever behind it."""
    dead, live = receiver(stalls), receiver()
    listening(dead, name="Dead", timeout_seconds=30)
    listening(live, name="Live")
    wanted = happen(30)
    live.behave = _release_when(live, dead, count=30)
    relay()
    assert sorted(taken.id for taken in live.taken) == sorted(wanted)
    assert len(dead.taken) <= 38  # eight at once until the first failed, and one at a time then
    failed = Webhook.objects.get(name="Dead")
    assert failed.failure_count > 0


def test_what_happens_while_a_dead_endpoint_is_asked_is_heard_of(
    shop: TenantInfo, receiver, listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It happens when the relay has just looked and would not look again; the dead one is released only when the live
    one has it.
    """
    monkeypatch.setattr(relaying, "LOOK_EVERY", 3600.0)
    dead, live = receiver(stalls), receiver()
    asked = listening(dead, name="Dead", timeout_seconds=30)[0]
    listening(live, name="Live")
    live.behave = _release_when(live, dead, count=2)
    wait_for_one, later = relaying._wait_for_one, []

    def wait_after_it_happened(under_way: Any, woken: int) -> Any:
        if not later and len(under_way) == 1:
            later.extend(happen())
        return wait_for_one(under_way, woken)

    monkeypatch.setattr(relaying, "_wait_for_one", wait_after_it_happened)
    first = happen()
    relay()

    assert [taken.id for taken in live.taken] == first + later
    errors = WebhookDelivery.objects.filter(webhook=asked, attempts__gt=0).values_list("error", flat=True)
    assert errors, "it was released"
    assert not [error for error in errors if "30 seconds" in error], errors


def _release_when(live: Any, dead: Any, *, count: int) -> Any:
    def behave(handler: Any) -> None:
        answers(200)(handler)
        if len(live.taken) >= count:
            dead.behave = answers(500)
            dead.released.set()

    return behave


def test_nothing_is_held_while_something_is_under_way(shop: TenantInfo, listening, receiver) -> None:
    listening(receiver())
    happen()
    seen: list[Any] = []

    def send(*args: Any, **kwargs: Any) -> Answer:
        seen.append(shop_of_thread.in_atomic_block)
        return post(*args, **kwargs)

    shop_of_thread = shop_connection()
    relay(send=send)
    assert seen == [False]


CHILD = """
import sys
import django
django.setup()
from django.conf import settings
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from tenant_shop.integrations.webhooks.relay import relay
settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
with tenant_context(directory.by_slug(sys.argv[1])):
    relay()
"""


@pytest.mark.slow
def test_a_relay_that_is_killed_between_sending_and_entering_sends_again_under_the_same_id(
    shop: TenantInfo, receiver, listening
) -> None:
    books = receiver()
    listening(books)
    happen()
    child = subprocess.Popen([sys.executable, "-c", CHILD, shop.slug], stderr=subprocess.PIPE)

    def kill(handler: Any) -> None:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()

    books.behave = kill
    _, complaint = child.communicate()
    assert child.returncode == -signal.SIGKILL, complaint
    assert (delivery().state, delivery().attempts) == ("waiting", 1)
    assert relay() == 0  # the dead process still has it
    books.behave = answers(200)
    clock = Clock()
    assert clock.run_to_next(clock.now + timedelta(minutes=5))
    assert (delivery().state, delivery().attempts) == ("delivered", 2)
    first, second = books.taken
    assert first.id == second.id
    assert json.loads(first.body) == json.loads(second.body)


def test_what_was_committed_by_a_process_that_died_before_it_woke_anybody_is_sent_by_the_next_round(
    shop: TenantInfo, receiver, listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = receiver()
    listening(books)
    monkeypatch.setattr(wake, "_send", lambda: None)
    wanted = happen(2)
    assert wake.TASK in {job.get("kwargs", {}).get("task_name") for job in SCHEDULE.values()}
    relay_task.run()
    assert sorted(taken.id for taken in books.taken) == sorted(wanted)


def test_two_relays_at_once_send_each_delivery_once(shop: TenantInfo, receiver, listening) -> None:
    books = receiver()
    listening(books)
    happen(20)
    clock = Clock()
    fan_out(clock())
    taken = take_due({Webhook.objects.get().pk: 4}, at=clock())
    first = {str(each.event_id) for each in taken}
    relay(clock=clock)
    assert len(books.taken) == 16
    assert not {each.id for each in books.taken} & first


def test_a_test_event_is_signed_like_any_other_and_goes_to_one(shop: TenantInfo, receiver, listening) -> None:
    books, other = receiver(), receiver()
    webhook, secret = listening(books)
    listening(other, name="Other")
    send_test(webhook.pk, at=timezone.now())
    relay()
    assert books.taken[0].verified(secret)["type"] == "webhook.test"
    assert other.taken == []


@pytest.mark.usefixtures("kept_plans")
def test_without_an_api_in_the_plan_nothing_is_sent_now_or_later(shop: TenantInfo, receiver, listening) -> None:
    books = receiver()
    listening(books)
    TenantPlan.objects.filter(name="premium").update(features={"api_access": False})
    with tenant_context(directory.read_now(shop.id)):
        happen()
        assert relay() == 0
        with pytest.raises(ApiNotInPlan):
            send_test(Webhook.objects.get().pk, at=timezone.now())
    assert relay() == 0  # as the shop's plan is before and after
    assert (books.taken, Event.objects.count()) == ([], 0)


def test_old_deliveries_are_forgotten_and_what_waits_is_not(shop: TenantInfo, receiver, listening) -> None:
    books = receiver()
    listening(books)
    happen(3)
    relay()
    books.behave = answers(500)
    waiting = happen()
    relay()
    happen()
    fan_out(timezone.now())
    later = timezone.now() + timedelta(days=31)
    WebhookDelivery.objects.exclude(event=waiting[0]).filter(state="waiting").update(
        state="failed", next_attempt_at=None
    )
    assert forget_old(later) == 3
    assert Event.objects.count() == 2  # the one that waits, and the newest
    assert not OutboxEvent.objects.filter(topic="order.created").exists()
