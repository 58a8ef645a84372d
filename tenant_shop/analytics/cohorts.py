"""Cohorts: customers by the month of their first order, and how many of them came back in each month after it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from platform_core.tenancy.connections import shop_connection
from tenant_shop.analytics.statements import COUNTS
from tenant_shop.configuration.settings import ShopSettings

MOST_MONTHS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What a cohort did `number` months after its first: buyers, each once, their orders and what those cost."""

    number: int
    buyers: int
    orders: int
    revenue: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Who bought for the first time in the month that begins with `first_day`; months without orders are left out."""

    first_day: date
    size: int
    months: list[Month]


SQL = f"""
    WITH sold AS (
        SELECT date_trunc('month', o.created_at AT TIME ZONE %(zone)s)::date AS month, o.total_amount, o.currency,
               COALESCE(o.customer_id::text, NULLIF(lower(o.customer_email), '')) AS buyer
        FROM orders o WHERE {COUNTS}
    ),
    came AS (SELECT buyer, min(month) AS month FROM sold WHERE buyer IS NOT NULL GROUP BY buyer),
    cohort AS (SELECT buyer, month, count(*) OVER (PARTITION BY month) AS size FROM came
               WHERE month >= %(begin)s AND month < %(end)s)
    SELECT c.month, c.size, 12 * (extract(year FROM s.month) - extract(year FROM c.month))::int
                            + (extract(month FROM s.month) - extract(month FROM c.month))::int AS number,
           count(DISTINCT c.buyer), count(*), sum(s.total_amount)
    FROM cohort c LEFT JOIN sold s ON s.buyer = c.buyer AND s.currency = %(currency)s AND s.month < %(end)s
    GROUP BY 1, 2, 3 ORDER BY 1, 3
"""  # noqa: S608


def cohorts_of(first: date, months: int, shop: ShopSettings) -> list[Cohort]:
    """The cohorts of `months` months (up to 24) from the one that `first` lies in, and what they did in these months.

    Orders are those that figures count, in the shop's currency and its time zone; who bought in another currency
    before is no new buyer. A guest is known by the e-mail address, and without one is in no cohort. One statement,
    which reads all orders of the shop.
    """
    begin = first.replace(day=1)
    end = date(begin.year + (begin.month - 1 + months) // 12, (begin.month - 1 + months) % 12 + 1, 1)
    parameters: dict[str, str | date] = {"zone": shop.timezone, "currency": shop.currency, "begin": begin, "end": end}
    with shop_connection().cursor() as cursor:
        cursor.execute(SQL, parameters)
        rows = cursor.fetchall()
    found: dict[date, Cohort] = {}
    for month, size, number, buyers, orders, revenue in rows:
        cohort = found.setdefault(month, Cohort(first_day=month, size=size, months=[]))
        if number is not None:
            cohort.months.append(Month(number=number, buyers=buyers, orders=orders, revenue=revenue))
    return list(found.values())
