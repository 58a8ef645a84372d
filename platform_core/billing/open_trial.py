"""The first subscription of a new merchant."""

from datetime import date, timedelta
from uuid import UUID

from django.db import connection

TRIAL_DAYS = 14

OPEN = """
INSERT INTO tenant_subscriptions
    (tenant_id, plan_id, billing_cycle, amount, current_period_start, current_period_end, trial_end)
SELECT %(tenant)s, id, 'monthly', COALESCE(monthly_price, 0), %(first_day)s, %(last_day)s, %(last_day)s
FROM tenant_plans
WHERE name = %(plan)s AND NOT EXISTS (SELECT FROM tenant_subscriptions WHERE tenant_id = %(tenant)s)
"""


def open_trial(tenant_id: UUID, *, plan: str, today: date) -> bool:
    """Give a merchant without any subscription a trial of `plan`, `TRIAL_DAYS` long from `today` (in UTC) on.

    The plan's monthly price of today is frozen; nothing is owed before the trial's last day has passed. One statement,
    safe to repeat. False when nothing was opened: there is no such plan, or a subscription exists.
    """
    last_day = today + timedelta(days=TRIAL_DAYS - 1)
    with connection.cursor() as cursor:
        cursor.execute(OPEN, {"tenant": tenant_id, "plan": plan, "first_day": today, "last_day": last_day})
        return bool(cursor.rowcount)
