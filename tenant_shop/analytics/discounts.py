"""What discounts brought and cost: read from the uses themselves, not from daily figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from platform_core.tenancy.connections import shop_connection
from tenant_shop.analytics.period import Period
from tenant_shop.analytics.statements import COUNTS
from tenant_shop.configuration.settings import ShopSettings

ZERO = Decimal(0)
# More would be read by nobody.
MOST = 200
# A use is given back with its order; one that waits for its money is a use already. Sales are those of orders that
# count, as everywhere.
SUMS = f"""
    count(*) FILTER (WHERE r.released_at IS NULL), count(r.released_at),
    COALESCE(sum(r.amount) FILTER (WHERE r.released_at IS NULL), 0),
    COALESCE(sum(r.shipping_amount) FILTER (WHERE r.released_at IS NULL), 0),
    COALESCE(sum(o.total_amount) FILTER (WHERE r.released_at IS NULL AND {COUNTS}), 0),
    count(*) FILTER (WHERE r.released_at IS NULL AND {COUNTS})
"""
USES = """
    FROM discount_redemptions r JOIN orders o ON o.id = r.order_id JOIN discount_codes d ON d.id = r.discount_id
    WHERE o.created_at >= %(starts)s AND o.created_at < %(ends)s AND o.currency = %(currency)s AND NOT o.is_test
"""
EACH = f"SELECT d.id, COALESCE(d.code, d.name), {SUMS} {USES} GROUP BY d.id ORDER BY 5 DESC, 2, 1 LIMIT {MOST}"
EACH_DAY = f"""
    SELECT (o.created_at AT TIME ZONE %(zone)s)::date, {SUMS} {USES}
    AND (%(discount)s::uuid IS NULL OR d.id = %(discount)s) GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Used:
    """Amounts are in the shop's currency: what was taken off the goods, what delivery would have cost, and what the
    `counting` of the orders, those of the figures, cost after all."""

    uses: int = 0
    given_back: int = 0
    discount: Decimal = ZERO
    delivery: Decimal = ZERO
    sales: Decimal = ZERO
    counting: int = 0


@dataclass(frozen=True, slots=True)
class DiscountUse:
    """A discount, by what shoppers know it by."""

    id: UUID
    title: str
    used: Used


def uses_by_discount(period: Period, shop: ShopSettings) -> list[DiscountUse]:
    """The discounts that orders of these days used, the dearest first; at most 200. One statement."""
    with shop_connection().cursor() as cursor:
        cursor.execute(EACH, _asked(period, shop))
        return [DiscountUse(row[0], row[1], Used(*row[2:])) for row in cursor.fetchall()]


def uses_by_day(period: Period, shop: ShopSettings, discount: UUID | None = None) -> Sequence[tuple[date, Used]]:
    """Every day of the period with the uses of its orders, of all discounts or of one. One statement.

    With two discounts an order is counted under each of them.
    """
    with shop_connection().cursor() as cursor:
        cursor.execute(EACH_DAY, {**_asked(period, shop), "discount": discount, "zone": shop.timezone})
        found = {row[0]: Used(*row[1:]) for row in cursor.fetchall()}
    return [(day, found.get(day, Used())) for day in period.days]


def _asked(period: Period, shop: ShopSettings) -> dict[str, Any]:
    return {"starts": period.starts(shop.zone), "ends": period.ends(shop.zone), "currency": shop.currency}
