"""Rolling up as the platform asks for it, and telling it what came of the days that are over."""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import redis

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.hooks import ShopDay, ShopReport
from tenant_shop.analytics.roll_up import Progress, Rolled, roll_up, roll_up_changes, roll_up_today
from tenant_shop.analytics.statements import CLOSED_DAYS
from tenant_shop.catalog.pictures.storage import stored_bytes
from tenant_shop.integrations.calls.collect import keep_counts

logger = logging.getLogger(__name__)


def roll_up_and_report(
    now: datetime,
    *,
    span: tuple[date, date] | None = None,
    only_today: bool = False,
    tell: Progress,
    keep: Callable[[ShopReport], None],
) -> ShopReport:
    """Bring the days of `span` up to date, or only today, or else whatever can have changed; see `roll_up`.

    Part of the report are those of them that are over, each as it stands now. `keep` has it before the shop marks its
    changes as done: killed in between, it does them again.
    """
    reports: list[ShopReport] = []

    def report(rolled: Rolled) -> None:
        reports.append(_report(rolled, now))
        keep(reports[-1])

    if span is not None:
        report(roll_up(*span, tell=tell))
    elif only_today:
        roll_up_today(now, tell=tell, keep=report)
    else:
        roll_up_changes(now, tell=tell, keep=report)
    return reports[-1]


def _report(rolled: Rolled, now: datetime) -> ShopReport:
    return ShopReport(
        timezone=rolled.settings.timezone,
        currency=rolled.settings.currency,
        days=rolled.days,
        closed=_closed_days(rolled, now),
    )


def _closed_days(rolled: Rolled, now: datetime) -> tuple[ShopDay, ...]:
    today = now.astimezone(rolled.settings.zone).date()
    if all(first >= today for first, _ in rolled.spans):
        return ()
    _count_calls(now)
    parameters: dict[str, Any] = {
        "firsts": [first for first, _ in rolled.spans],
        "lasts": [last for _, last in rolled.spans],
        "today": today,
        "zone": rolled.settings.timezone,
    }
    yesterday, stored = today - timedelta(days=1), stored_bytes()
    with shop_connection().cursor() as cursor:
        cursor.execute(CLOSED_DAYS, parameters)
        return tuple(
            ShopDay(
                day=day,
                orders=orders,
                revenue=revenue,
                customers=int(customers),
                products=int(products),
                api_calls=calls,
                stored_bytes=stored if day == yesterday else None,
            )
            for day, orders, revenue, customers, products, calls in cursor.fetchall()
        )


def _count_calls(now: datetime) -> None:
    try:
        keep_counts(now)
    except redis.RedisError as error:
        logger.warning("calls of the API are not known while Redis is down, what was known stands: %s", error)
