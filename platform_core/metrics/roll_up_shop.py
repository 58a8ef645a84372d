"""Bringing one shop's figures up to date, and telling the platform."""

import logging
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from celery import shared_task
from django.db import connection
from django.utils import timezone

from platform_core.metrics import turns
from platform_core.metrics.warn import warn_of_plan
from platform_core.tenancy.context import TenantInfo, current_tenant
from platform_core.tenancy.hooks import ShopReport, shop_hooks
from platform_core.tenancy.tasks import TenantTask

# Seconds between two words that a long turn is still being worked on.
RENEW_EVERY = 60.0

# Only what is another figure than before waits to be added up.
KEEP_DAYS = """
    INSERT INTO tenant_metrics AS kept
        (tenant_id, date, currency, orders, revenue, customers, products, api_calls, stored_bytes)
    SELECT %(tenant)s, day, %(currency)s, orders, revenue, customers, products, calls, stored
    FROM unnest(%(days)s::date[], %(orders)s::int[], %(revenues)s::numeric[], %(customers)s::int[], %(products)s::int[],
                %(calls)s::int[], %(stored)s::bigint[])
         AS told (day, orders, revenue, customers, products, calls, stored)
    ORDER BY day
    ON CONFLICT (tenant_id, date) DO UPDATE SET
        currency = EXCLUDED.currency, orders = EXCLUDED.orders, revenue = EXCLUDED.revenue,
        customers = EXCLUDED.customers, products = EXCLUDED.products, api_calls = EXCLUDED.api_calls,
        stored_bytes = COALESCE(kept.stored_bytes, EXCLUDED.stored_bytes), is_added_up = false
    WHERE (kept.currency, kept.orders, kept.revenue, kept.customers, kept.products, kept.api_calls)
        IS DISTINCT FROM (EXCLUDED.currency, EXCLUDED.orders, EXCLUDED.revenue, EXCLUDED.customers, EXCLUDED.products,
                          EXCLUDED.api_calls)
        OR (kept.stored_bytes IS NULL AND EXCLUDED.stored_bytes IS NOT NULL)
"""

Progress = Callable[[int], None]
logger = logging.getLogger(__name__)


def _nobody(days: int) -> None:
    """Hears nothing."""


def roll_up_turn(now: datetime) -> ShopReport:
    """Take the active shop's turn: all changes when its midnight has passed, else only today. Safe to repeat.

    What goes wrong is written down with the turn, and raised.
    """
    shop = current_tenant()
    midnight = turns.midnight_of(shop.id)
    is_closing = midnight is None or midnight <= now
    try:
        report = _roll_up(shop, now, only_today=not is_closing, tell=_Renewal(shop))
    except Exception as error:
        turns.fail(shop.id, timezone.now(), error)
        raise
    turns.finish(shop, now, report, is_closed=is_closing, began_with=midnight)
    if is_closing:
        _warn(shop, now.astimezone(ZoneInfo(report.timezone)).date() - timedelta(days=1))
    return report


def _warn(shop: TenantInfo, day: date) -> None:
    """What the merchant is written to about the plan comes with the next midnight, if not with this one."""
    try:
        warn_of_plan(shop, day)
    except Exception:
        logger.exception("whether %s uses up its plan could not be said", shop.slug)


def roll_up_changes(now: datetime, *, tell: Progress = _nobody) -> ShopReport:
    """Bring all that can have changed in the active shop up to date now, whatever is due."""
    report = _roll_up(current_tenant(), now, tell=tell)
    turns.finish(current_tenant(), now, report, is_closed=True)
    return report


def roll_up_span(now: datetime, first: date, last: date, *, tell: Progress = _nobody) -> ShopReport:
    """Bring every day of the active shop from `first` to `last` up to date. What is due stays due."""
    return _roll_up(current_tenant(), now, span=(first, last), tell=tell)


def _roll_up(
    shop: TenantInfo,
    now: datetime,
    *,
    span: tuple[date, date] | None = None,
    only_today: bool = False,
    tell: Progress,
) -> ShopReport:
    if shop_hooks.roll_up is None:
        raise RuntimeError("no shop's code has said how figures are rolled up")
    return shop_hooks.roll_up(now, span=span, only_today=only_today, tell=tell, keep=partial(_keep_days, shop))


def _keep_days(shop: TenantInfo, report: ShopReport) -> None:
    if not report.closed or shop.is_sandbox:
        return  # what a sandbox sold was sold by its shop
    parameters: dict[str, Any] = {
        "tenant": shop.id,
        "currency": report.currency,
        "days": [day.day for day in report.closed],
        "orders": [day.orders for day in report.closed],
        "revenues": [day.revenue for day in report.closed],
        "customers": [day.customers for day in report.closed],
        "products": [day.products for day in report.closed],
        "calls": [day.api_calls for day in report.closed],
        "stored": [day.stored_bytes for day in report.closed],
    }
    with connection.cursor() as cursor:
        cursor.execute(KEEP_DAYS, parameters)


class _Renewal:
    """Hears how a long turn goes on, and renews its lease."""

    def __init__(self, shop: TenantInfo) -> None:
        self._shop = shop
        self._said_at = time.monotonic()

    def __call__(self, days: int) -> None:
        if time.monotonic() - self._said_at > RENEW_EVERY:
            turns.renew(self._shop.id, timezone.now())
            self._said_at = time.monotonic()


@shared_task(base=TenantTask, name="metrics.roll_up_shop")  # type: ignore[untyped-decorator]
def roll_up_shop_task() -> None:
    roll_up_turn(timezone.now())
