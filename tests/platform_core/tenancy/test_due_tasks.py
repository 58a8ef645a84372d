"""What a shop has due at a moment is queued then, once, and by nobody's waiting message."""

from typing import Any

import pytest
from celery import current_app

from platform_core.tenancy import due_tasks
from platform_core.tenancy.awake import forget_all
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.due_tasks import due_at, queue_due
from platform_core.tenancy.quick_redis import RedisUnavailable, ask
from platform_core.tenancy.tasks import HEADER, read_tenant
from tenant_shop.integrations.webhooks.wake import TASK, wake_at

NOW = 2_000_000_000.0


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, str]]:
    found: list[tuple[Any, str]] = []
    ask("DEL", due_tasks._due(), insist=True)

    def send_task(name: str, *, headers: dict[str, str], **_: Any) -> None:
        found.append((read_tenant(headers[HEADER]), name))

    monkeypatch.setattr(current_app, "send_task", send_task)
    return found


def test_the_earliest_moment_holds_and_is_queued_once(acme: TenantInfo, globex: TenantInfo, sent: Any) -> None:
    due_at(acme.id, TASK, NOW + 60)
    due_at(acme.id, TASK, NOW)
    due_at(acme.id, TASK, NOW + 30)
    due_at(globex.id, TASK, NOW + 1)
    assert queue_due(NOW - 1) == 0
    assert queue_due(NOW) == 1
    assert queue_due(NOW) == 0
    assert queue_due(NOW + 2) == 1
    assert sent == [(acme.id, TASK), (globex.id, TASK)]


def test_while_redis_is_down_nothing_fails_and_nothing_is_queued(
    acme: TenantInfo, sent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: Any, **__: Any) -> Any:
        raise RedisUnavailable

    from django.utils import timezone

    monkeypatch.setattr(due_tasks, "ask", down)
    with tenant_context(acme):
        wake_at(timezone.now())
    due_tasks.queue_due_tasks_task()
    assert sent == []


@pytest.fixture
def acme(make_shop: Any) -> TenantInfo:
    forget_all()
    return make_shop("acme")


@pytest.fixture
def globex(make_shop: Any) -> TenantInfo:
    return make_shop("globex")
