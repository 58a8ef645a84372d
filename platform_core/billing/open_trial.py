"""The first subscription of a new merchant."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from platform_core.tenants.person import PERSON_SQL, person_of

TRIAL_DAYS = 14

# Of one person's shops one is opened at a time: the second sees the first's trial.
ONE_AT_A_TIME = f"""
SELECT pg_advisory_xact_lock(hashtextextended('trial of ' || {PERSON_SQL.format("tenants.contact_email")}, 0))
FROM tenants WHERE id = %(tenant)s
"""  # noqa: S608
OPEN = f"""
WITH had_one AS (
    SELECT EXISTS (
        SELECT FROM tenants me
        JOIN tenants other ON other.id <> me.id AND other.sandbox_of IS NULL
            AND {PERSON_SQL.format("other.contact_email")} = {PERSON_SQL.format("me.contact_email")}
        JOIN tenant_subscriptions s ON s.tenant_id = other.id AND s.trial_end IS NOT NULL
        WHERE me.id = %(tenant)s
    ) AS is_true
)
INSERT INTO tenant_subscriptions
    (tenant_id, plan_id, billing_cycle, amount, setup_fee, current_period_start, current_period_end, trial_end)
SELECT %(tenant)s, id, %(cycle)s,
       COALESCE(CASE WHEN %(cycle)s = 'annual' THEN annual_price ELSE monthly_price END, 0), setup_fee,
       CASE WHEN is_true THEN %(day_before)s ELSE %(first_day)s END,
       CASE WHEN is_true THEN %(day_before)s ELSE %(last_day)s END,
       CASE WHEN is_true THEN NULL ELSE %(last_day)s END
FROM tenant_plans CROSS JOIN had_one
WHERE name = %(plan)s AND NOT EXISTS (SELECT FROM tenant_subscriptions WHERE tenant_id = %(tenant)s)
"""  # noqa: S608

HAD_ONE = f"""
SELECT EXISTS (
    SELECT FROM tenants
    JOIN tenant_subscriptions s ON s.tenant_id = tenants.id AND s.trial_end IS NOT NULL
    WHERE tenants.sandbox_of IS NULL AND {PERSON_SQL.format("tenants.contact_email")} = %(person)s
)
"""  # noqa: S608


def has_had_trial(email: str) -> bool:
    """Whether another shop of theirs would be billed from its first day on. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(HAD_ONE, {"person": person_of(email)})
        return bool(cursor.fetchone()[0])


def open_trial(tenant_id: UUID, *, plan: str, today: date, cycle: str = "monthly") -> bool:
    """Give a merchant without any subscription a trial of `plan`, `TRIAL_DAYS` long from `today` (in UTC) on.

    The plan's price of the `cycle` and its setup fee of today are frozen; nothing is owed before the trial's last day
    has passed.
    A person, by the mail address, has one trial: another shop of theirs is billed from `today` on.
    Two statements, safe to repeat. False when nothing was opened: there is no such plan, or a subscription exists.
    """
    values: dict[str, Any] = {
        "tenant": tenant_id,
        "plan": plan,
        "cycle": cycle,
        "first_day": today,
        "last_day": today + timedelta(days=TRIAL_DAYS - 1),
        "day_before": today - timedelta(days=1),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME, values)
        cursor.execute(OPEN, values)
        return bool(cursor.rowcount)
