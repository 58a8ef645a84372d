"""What sells: counted by a job, because a sale must not wait for a list."""

from celery import shared_task

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.tasks import TenantTask
from platform_core.tenancy.transactions import shop_transaction

# Rows that somebody holds are left for the next round, so that nobody waits for this and this waits for nobody.
COUNT = """
WITH sold AS (
    SELECT item.product_id, sum(item.quantity)::INTEGER AS units
    FROM order_items AS item JOIN orders AS placed ON placed.id = item.order_id
    WHERE placed.created_at > CURRENT_TIMESTAMP - INTERVAL '90 days' AND placed.status NOT IN ('cancelled', 'refunded')
      AND NOT placed.is_test
    GROUP BY item.product_id
), moved AS (
    SELECT listing.product_id, COALESCE(sold.units, 0) AS units
    FROM product_listing AS listing LEFT JOIN sold ON sold.product_id = listing.product_id
    WHERE listing.units_sold <> COALESCE(sold.units, 0)
    ORDER BY listing.product_id
    FOR NO KEY UPDATE OF listing SKIP LOCKED
)
UPDATE product_listing AS listing SET units_sold = moved.units
FROM moved WHERE listing.product_id = moved.product_id
"""
# One statement: what is taken away is there again as its sum. Changes that are being written meanwhile stay.
SUM_UP = """
WITH gone AS (DELETE FROM listing_changes RETURNING changes, changed_at)
INSERT INTO listing_changes (changes, changed_at) SELECT sum(changes), max(changed_at) FROM gone HAVING count(*) > 0
"""
MANY = "SELECT count(*) > 50 FROM listing_changes"


def count_units_sold() -> int:
    """Note of each product how many pieces were sold in the last 90 days; how many products it was news of."""
    with shop_transaction(), shop_connection().cursor() as cursor:
        cursor.execute(COUNT)
        return int(cursor.rowcount)


def sum_up_changes() -> None:
    """Keep the count of changes short to read; what it says stays the same."""
    with shop_transaction(), shop_connection().cursor() as cursor:
        cursor.execute(MANY)
        if cursor.fetchone()[0]:
            cursor.execute(SUM_UP)


@shared_task(base=TenantTask, name="catalog.count_units_sold")  # type: ignore[untyped-decorator]
def count_units_sold_task() -> None:
    count_units_sold()
    sum_up_changes()
