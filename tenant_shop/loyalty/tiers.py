"""Which tier each customer is in, by what they spent within twelve months."""

# Its statements are made of constants of this file.
# ruff: noqa: S608

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from platform_core.tenancy.connections import shop_connection
from tenant_shop.loyalty.rules import LoyaltyRules

# Delivered orders in the shop's currency that are no tests, less what was given back of their price.
SPENT = """
    SELECT c.id, c.loyalty_tier, COALESCE(sum(greatest(o.total_amount - money.returned, 0)), 0) AS amount
    FROM customers c
    LEFT JOIN orders o ON o.customer_id = c.id AND o.status = 'delivered' AND NOT o.is_test
        AND o.currency = %(currency)s AND COALESCE(o.delivered_at, o.created_at) > %(at)s - INTERVAL '12 months'
    LEFT JOIN LATERAL (
        SELECT greatest(
            COALESCE(sum(e.amount) FILTER (WHERE e.kind = 'refunded'), 0)
            - COALESCE(sum(e.amount) FILTER (WHERE e.kind = 'refund_failed'), 0)
            - greatest(COALESCE(sum(e.amount) FILTER (WHERE e.kind = 'captured'), 0) - o.total_amount, 0), 0
        ) AS returned
        FROM payments p JOIN payment_entries e ON e.payment_id = p.id WHERE p.order_id = o.id
    ) money ON TRUE
    WHERE %(customer)s::uuid IS NULL OR c.id = %(customer)s
    GROUP BY c.id
"""
# Customers are locked in one order, and only those who move.
ASSIGN = f"""
    WITH spent AS ({SPENT}),
    moving AS (
        SELECT spent.id, reached.tier
        FROM spent CROSS JOIN LATERAL (
            SELECT tier
            FROM unnest(%(tiers)s::text[], %(thresholds)s::numeric[]) WITH ORDINALITY AS rule (tier, least, n)
            WHERE rule.least <= spent.amount ORDER BY n DESC LIMIT 1
        ) reached
        WHERE reached.tier <> spent.loyalty_tier
    ),
    locked AS (
        SELECT c.id, moving.tier FROM customers c JOIN moving USING (id) ORDER BY c.id FOR NO KEY UPDATE OF c
    )
    UPDATE customers SET loyalty_tier = locked.tier FROM locked WHERE customers.id = locked.id
"""


def spent_in_a_year(customer_id: UUID, *, currency: str, at: datetime) -> Decimal:
    """What the customer's orders that were delivered within the twelve months before `at` cost, less refunds."""
    with shop_connection().cursor() as cursor:
        cursor.execute(SPENT, {"currency": currency, "at": at, "customer": customer_id})
        row = cursor.fetchone()
    return Decimal(row[2]) if row else Decimal(0)


def assign_tiers(rules: LoyaltyRules, *, currency: str, at: datetime, customer_id: UUID | None = None) -> int:
    """Move customers, or only the named one, into the tier that their spending has reached; how many moved."""
    values: dict[str, Any] = {
        "currency": currency,
        "at": at,
        "customer": customer_id,
        "tiers": [rule.tier for rule in rules.tiers],
        "thresholds": [rule.threshold for rule in rules.tiers],
    }
    with shop_connection().cursor() as cursor:
        cursor.execute(ASSIGN, values)
        return int(cursor.rowcount)
