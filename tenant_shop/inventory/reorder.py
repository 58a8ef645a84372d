"""What is running out, and how much of it to order: by what was sold lately."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from platform_core.tenancy.connections import shop_connection
from tenant_shop.analytics.period import ONE_DAY, Period
from tenant_shop.analytics.statements import COUNTS
from tenant_shop.inventory.running_low import IS_LOW_SQL, STOCKED_SQL

# Sales are those of the daily figures: today's are not over yet, and do not count. A line of imported history may name
# its variant by the SKU alone.
CANDIDATES = f"""
WITH sold AS (
    SELECT COALESCE(item.variant_id, alike.id) AS variant_id, sum(item.quantity) AS units
    FROM orders o JOIN order_items AS item ON item.order_id = o.id
    LEFT JOIN product_variants AS alike
        ON item.variant_id IS NULL AND alike.product_id = item.product_id AND alike.sku = item.product_sku
    WHERE o.created_at >= %(starts)s AND o.created_at < %(ends)s AND {COUNTS}
    GROUP BY 1
)
SELECT product.id, product.name, variant.sku, variant.options, variant.inventory_quantity,
       product.low_stock_threshold, COALESCE(sold.units, 0)
FROM product_variants AS variant JOIN products AS product ON product.id = variant.product_id
LEFT JOIN sold ON sold.variant_id = variant.id
WHERE {STOCKED_SQL} AND ({IS_LOW_SQL} OR variant.inventory_quantity::BIGINT * %(days)s < sold.units * %(ahead)s)
ORDER BY CASE WHEN variant.inventory_quantity <= 0 THEN 0
              ELSE variant.inventory_quantity::NUMERIC / NULLIF(sold.units, 0) END NULLS LAST,
         sold.units DESC NULLS LAST, product.name, product.id, variant.position, variant.sku
LIMIT %(limit)s OFFSET %(start)s
"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Reorder:
    """A variant that runs out. `options` are its words ("M / Red"), empty for the only one of a product. `days_left` is
    None when there is some of it and nothing was sold; `suggested` may be 0.
    """

    product_id: UUID
    name: str
    options: str
    sku: str
    stock: int
    threshold: int
    sold: int
    days_left: int | None
    suggested: int


def reorder_report(
    today: date, *, zone: ZoneInfo, days: int, lead: int, cover: int, start: int = 0, limit: int = 50
) -> tuple[list[Reorder], bool]:
    """The variants on sale that are low or will be before an order of today has come and lasted; most urgent first.

    `days` before `today`, of `zone`, say how fast each sells; an order takes `lead` days to come and is to last `cover`
    days more. What is suggested is what that many days need, less what is there, rounded up; at least what reaches the
    threshold. The second value says whether there are more. One statement.
    """
    ahead = lead + cover
    sales = Period(today - timedelta(days=days), today - ONE_DAY)
    with shop_connection().cursor() as cursor:
        cursor.execute(
            CANDIDATES,
            {
                "starts": sales.starts(zone),
                "ends": sales.ends(zone),
                "days": days,
                "ahead": ahead,
                "limit": limit + 1,
                "start": start,
            },
        )
        rows = cursor.fetchall()
    found = []
    for product_id, name, sku, options, stock, threshold, units in rows[:limit]:
        sold = int(units)
        needed = int((Decimal(sold) * ahead / days).to_integral_value(ROUND_CEILING))
        found.append(
            Reorder(
                product_id=product_id,
                name=name,
                options=" / ".join(map(str, json.loads(options).values())),
                sku=sku,
                stock=stock,
                threshold=threshold,
                sold=sold,
                days_left=_days_left(stock, sold, days),
                suggested=max(needed - stock, threshold - stock, 0),
            )
        )
    return found, len(rows) > limit


def _days_left(stock: int, sold: int, days: int) -> int | None:
    if stock <= 0:
        return 0
    return stock * days // sold if sold else None
