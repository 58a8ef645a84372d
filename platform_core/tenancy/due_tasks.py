"""Tasks of shops that are due at a moment, for which no message is kept: workers take no other while they hold one that
is sent for later, and a broker gives it to a second worker after an hour.

Moments stand in Redis, one for each shop and task, the earliest that was said. They may be lost: whoever says one has a
recurring job besides, and `ShopHooks.next_moments`.
"""

import logging
from uuid import UUID

from celery import current_app, shared_task
from django.conf import settings
from django.utils import timezone

from platform_core.tenancy.quick_redis import RedisUnavailable, ask
from platform_core.tenancy.tasks import HEADER, sign_tenant

# A message that nobody took is worth nothing once the recurring job has come by.
EXPIRES_SECONDS = 600

logger = logging.getLogger(__name__)


def due_at(tenant_id: UUID, task_name: str, at: float) -> None:
    """Have the task run in the shop at `at` (seconds since 1970), or sooner if so said. Errors: RedisUnavailable."""
    ask("ZADD", _due(), "LT", at, f"{tenant_id.hex} {task_name}")


def queue_due(now: float) -> int:
    """Queue what is due at `now`, each once; how many. Errors: RedisUnavailable."""
    sent = 0
    for member in ask("ZRANGEBYSCORE", _due(), "-inf", now, insist=True):
        if not ask("ZREM", _due(), member):
            continue  # somebody else was quicker
        shop, task_name = member.decode().split(" ", 1)
        current_app.send_task(
            task_name, headers={HEADER: sign_tenant(UUID(shop))}, expires=EXPIRES_SECONDS, ignore_result=True
        )
        sent += 1
    return sent


def _due() -> str:
    return f"{settings.DATABASE_PREFIX}due-tasks"


@shared_task(name="tenancy.queue_due")  # type: ignore[untyped-decorator]
def queue_due_tasks_task() -> None:
    try:
        queue_due(timezone.now().timestamp())
    except RedisUnavailable:
        logger.warning("nobody knows what is due: the recurring jobs find it")
