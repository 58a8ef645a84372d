"""How long something waits in the shops' outboxes is known without asking their databases."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from platform_core.tenancy import outbox_lag
from platform_core.tenancy.awake import due_looks, forget_all
from platform_core.tenancy.context import tenant_context
from platform_core.tenancy.fanout import look_after
from platform_core.tenancy.outbox_lag import longest_wait, may_wait_from
from platform_core.tenants.models import Tenant
from smartseller import celery_app
from smartseller.outbox import MAX_ATTEMPTS
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.integrations.webhooks.relay import relay_task


@pytest.fixture(autouse=True)
def nothing_waits() -> Iterator[None]:
    celery_app.loader.import_default_modules()
    forget_all()
    yield
    forget_all()


def waits() -> tuple[int, str]:
    """For how many minutes something waits, and in which shop."""
    seconds, slug = longest_wait(timezone.now())
    return round(seconds / 60), slug


def test_what_nobody_looks_after_lags_from_the_moment_the_shop_woke(make_shop: Any) -> None:
    acme, bolt = make_shop("acme"), make_shop("bolt")
    assert waits() == (0, "")
    may_wait_from(acme.id, time.time() - 1200)
    may_wait_from(bolt.id, time.time() - 600)
    may_wait_from(acme.id, time.time())  # it woke before
    assert waits() == (20, "acme")
    with tenant_context(acme):
        relay_task.run()
    assert waits() == (10, "bolt")


def test_a_promise_lags_until_it_is_kept_or_given_up(make_shop: Any) -> None:
    acme, now = make_shop("acme"), timezone.now()
    with tenant_context(acme):
        relay_task.run()
        assert waits() == (0, "")  # nobody awaits anything of a shop that sleeps
        event = OutboxEvent.objects.create(
            topic="mail.order_placed", payload={}, created_at=now, available_at=now + timedelta(hours=5)
        )
        relay_task.run()
        assert waits() == (0, "acme")  # not due yet, but the shop is awake
        # It was due 40 minutes ago; then it was tried in vain and is to be tried again in an hour.
        OutboxEvent.objects.update(created_at=now - timedelta(hours=1), available_at=now - timedelta(minutes=40))
        relay_task.run()
        assert waits() == (40, "acme")
        OutboxEvent.objects.update(attempts=1, available_at=now + timedelta(hours=1))
        assert look_after([relay_task.name]) == []
        assert waits() == (60, "acme")
        OutboxEvent.objects.update(attempts=MAX_ATTEMPTS)
        look_after([relay_task.name])
        assert waits() == (0, "")
        OutboxEvent.objects.filter(pk=event.pk).update(attempts=0, available_at=now, delivered_at=now)
        look_after([relay_task.name])
    assert waits() == (0, "")


def test_a_shop_that_is_closed_is_not_awaited(make_shop: Any) -> None:
    acme = make_shop("acme")
    may_wait_from(acme.id, time.time() - 86_400)
    Tenant.objects.update(status="suspended")
    assert waits() == (0, "")
    due_looks(time.time(), [])
    Tenant.objects.update(status="active")
    assert waits() == (0, "")


def test_a_server_of_either_protocol_is_understood(make_shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    acme, at = make_shop("acme"), time.time() - 300
    for answer in ([acme.id.hex.encode(), str(at).encode()], [[acme.id.hex.encode(), at]]):
        monkeypatch.setattr(outbox_lag, "ask", lambda *command, answer=answer, **_: answer)
        assert waits() == (5, "acme")
