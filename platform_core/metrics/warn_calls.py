"""Writing to merchants whose programs call the API as often as their plan lets them, while they do."""

import logging
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from platform_core.mails.models import PlatformMail
from platform_core.mails.promise import promise_mail
from platform_core.mails.send import WRITERS
from platform_core.metrics.usage import FULL, level_of
from platform_core.parking.watched import BROKER_DOWN
from platform_core.plans.limits import Limited
from platform_core.tenancy.context import TenantInfo, current_tenant
from platform_core.tenancy.hosts import shop_url
from platform_core.tenancy.tasks import TenantTask
from platform_core.tenants.models import Tenant
from smartseller.letter import Letter

TOPIC = "plans.calls"
# Shops that a process remembers to have told of.
MOST_REMEMBERED = 10_000

logger = logging.getLogger(__name__)
_noted: dict[UUID, tuple[date, int]] = {}


def note_calls(used: int, limit: int) -> None:
    """A program of the active shop has called, and `used` of the `limit` calls of an hour are in use: from 80 % on a
    worker is told, by each process once a day at most. Below it costs nothing, and no answer waits for a database.
    """
    level = level_of(used, limit)
    if not level:
        return
    shop = current_tenant()
    today = _today(shop, timezone.now())
    known = _noted.get(shop.id)
    if known is not None and known[0] == today and known[1] >= level:
        return
    if len(_noted) >= MOST_REMEMBERED:
        _noted.clear()
    _noted[shop.id] = today, level
    try:
        warn_of_calls_task.delay(level)
    except BROKER_DOWN as error:
        logger.warning("that %s calls the API often could not be passed on: %s", shop.slug, error)


def warn_of_calls(shop: TenantInfo, level: int, now: datetime) -> bool:
    """Promise a mail that `level`, 80 or 100, per cent of an hour's calls are used; whether one was promised.

    An hour passes: of 80 % it is once in a calendar month, of all of it, when programs are turned away, once a day,
    both by the shop's clock. Not for sandboxes. Two statements.
    """
    limit = shop.plan_terms.of(Limited.API_CALLS_PER_HOUR)
    if shop.is_sandbox or not limit:
        return False
    today = _today(shop, now)
    since = f"{today}" if level == FULL else f"{today:%Y-%m}"
    payload = {"plan": shop.plan_terms.plan, "included": limit, "level": level}
    with transaction.atomic():
        return promise_mail(TOPIC, f"{shop.id} {level}:{since}", tenant_id=shop.id, payload=payload)


def write(mail: PlatformMail, tenant: Tenant) -> Letter:
    told = mail.payload
    is_full = told["level"] == FULL
    how_many = "all of them" if is_full else f"more than {told['level']} % of them"
    then = (
        "What was called beyond that was answered with 429, and when to come back: the calls come back evenly, within "
        "an hour. Nothing is lost of programs that wait as they are told."
        if is_full
        else "Beyond them programs are answered with 429, and when to come back."
    )
    return Letter(
        title=f"{tenant.name} has {'used up' if is_full else 'nearly used up'} an hour's API calls",
        paragraphs=(
            f"The plan {told['plan']} includes {told['included']:,} API calls an hour, and your programs have made "
            f"{how_many} within one.",
            then,
            "Webhooks tell programs what happened without their asking; a larger plan includes more calls.",
            f"We write about this once {'a day' if is_full else 'a month'} at most.",
        ),
        button="See your plan",
        path=shop_url(tenant.slug, "/admin/plan/"),
    )


def _today(shop: TenantInfo, now: datetime) -> date:
    return now.astimezone(ZoneInfo(shop.timezone)).date()


WRITERS[TOPIC] = write


@shared_task(base=TenantTask, name="metrics.warn_of_calls")  # type: ignore[untyped-decorator]
def warn_of_calls_task(level: int) -> None:
    warn_of_calls(current_tenant(), level, timezone.now())
