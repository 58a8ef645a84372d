"""What rolling up asks the database; docs/analytics.md says what each figure means.

Parameters everywhere: `first` and `last` day, both included, and the shop's `zone`.
"""
# ruff: noqa: S608

# An order counts unless it was cancelled or still waits for its money.
COUNTS = "o.status <> 'cancelled' AND NOT (o.status = 'pending' AND o.payment_status IN ('pending', 'failed'))"
SPAN = """
    span AS (
        SELECT %(first)s::date::timestamp AT TIME ZONE %(zone)s AS starts,
               (%(last)s::date + 1)::timestamp AT TIME ZONE %(zone)s AS ends
    )
"""
SOLD = f"""
    sold AS (
        SELECT o.id, (o.created_at AT TIME ZONE %(zone)s)::date AS day, o.total_amount, o.customer_id,
               CASE WHEN o.customer_id IS NULL THEN NULLIF(lower(o.customer_email), '') END AS guest
        FROM orders o, span
        WHERE o.created_at >= span.starts AND o.created_at < span.ends AND {COUNTS}
    )
"""
# What is given back of an order lowers the sales of its own day, but not what was taken beyond the order's price, and
# nothing of an order that does not count.
GIVEN_BACK = f"""
    refunded AS (
        SELECT DISTINCT p.order_id
        FROM payment_entries e JOIN payments p ON p.id = e.payment_id, span
        WHERE e.kind = 'refunded' AND e.created_at >= span.starts AND e.created_at < span.ends
    ),
    ledger AS (
        SELECT p.order_id, e.created_at, e.amount, e.kind,
               sum(e.amount) FILTER (WHERE e.kind = 'refunded')
                   OVER (PARTITION BY p.order_id ORDER BY e.created_at, e.id) AS given,
               greatest(sum(e.amount) FILTER (WHERE e.kind = 'captured') OVER (PARTITION BY p.order_id)
                        - o.total_amount, 0) AS excess
        FROM refunded JOIN orders o ON o.id = refunded.order_id
        JOIN payments p ON p.order_id = o.id JOIN payment_entries e ON e.payment_id = p.id
        WHERE {COUNTS}
    ),
    given_back AS (
        SELECT (at AT TIME ZONE %(zone)s)::date AS day, sum(amount) AS amount
        FROM (
            SELECT l.created_at AS at, greatest(l.given - l.excess, 0) - greatest(l.given - l.amount - l.excess, 0)
            FROM ledger l, span
            WHERE l.kind = 'refunded' AND l.created_at >= span.starts AND l.created_at < span.ends
            UNION ALL
            SELECT n.issued_at, n.total_amount
            FROM credit_notes n, span WHERE n.issued_at >= span.starts AND n.issued_at < span.ends
        ) AS parts (at, amount)
        GROUP BY 1
    )
"""
BUYERS = f"""
    buyers AS (
        SELECT day, count(*) FILTER (WHERE NOT came_before) AS new, count(*) FILTER (WHERE came_before) AS returning
        FROM (
            SELECT day,
                   CASE WHEN customer_id IS NOT NULL THEN EXISTS (
                       SELECT FROM orders o WHERE o.customer_id = once.customer_id AND {COUNTS}
                       AND o.created_at < once.day::timestamp AT TIME ZONE %(zone)s
                   ) ELSE EXISTS (
                       SELECT FROM orders o WHERE o.customer_id IS NULL AND lower(o.customer_email) = once.guest
                       AND {COUNTS} AND o.created_at < once.day::timestamp AT TIME ZONE %(zone)s
                   ) END AS came_before
            FROM (SELECT DISTINCT day, customer_id, guest FROM sold WHERE customer_id IS NOT NULL OR guest IS NOT NULL)
                 AS once
        ) AS known
        GROUP BY day
    )
"""
DAYS = f"""
    WITH {SPAN}, {SOLD}, {GIVEN_BACK}, {BUYERS},
    sales AS (SELECT day, count(*) AS orders, sum(total_amount) AS amount FROM sold GROUP BY day),
    pieces AS (
        SELECT sold.day, sum(i.quantity) AS pieces FROM sold JOIN order_items i ON i.order_id = sold.id GROUP BY 1
    )
    INSERT INTO analytics_daily AS kept
        (date, total_revenue, total_orders, average_order_value, new_customers, returning_customers, units_sold)
    SELECT day, COALESCE(sales.amount, 0) - COALESCE(given_back.amount, 0), COALESCE(sales.orders, 0),
           COALESCE(round(sales.amount / sales.orders, %(digits)s), 0), COALESCE(buyers.new, 0),
           COALESCE(buyers.returning, 0), COALESCE(pieces.pieces, 0)
    FROM generate_series(%(first)s::date, %(last)s::date, INTERVAL '1 day') AS every (at)
    CROSS JOIN LATERAL (SELECT every.at::date AS day) AS date_of
    LEFT JOIN sales USING (day) LEFT JOIN given_back USING (day) LEFT JOIN buyers USING (day)
    LEFT JOIN pieces USING (day)
    ON CONFLICT (date) DO UPDATE SET
        total_revenue = EXCLUDED.total_revenue, total_orders = EXCLUDED.total_orders,
        average_order_value = EXCLUDED.average_order_value, new_customers = EXCLUDED.new_customers,
        returning_customers = EXCLUDED.returning_customers, units_sold = EXCLUDED.units_sold,
        conversion_rate = CASE WHEN kept.website_visitors > 0
            THEN least(round(100.0 * EXCLUDED.total_orders / kept.website_visitors, 2), 999.99) ELSE 0 END
"""
FORGET_PRODUCTS = "DELETE FROM analytics_product_daily WHERE date BETWEEN %(first)s AND %(last)s"
PRODUCTS = f"""
    WITH {SPAN}, {SOLD}
    INSERT INTO analytics_product_daily (date, product_id, orders, units_sold, revenue)
    SELECT sold.day, i.product_id, count(DISTINCT sold.id), sum(i.quantity),
           sum(i.total_price - i.discount_amount - i.points_amount)
    FROM sold JOIN order_items i ON i.order_id = sold.id GROUP BY 1, 2
"""
FORGET_CATEGORIES = "DELETE FROM analytics_category_daily WHERE date BETWEEN %(first)s AND %(last)s"
CATEGORIES = f"""
    WITH {SPAN}, {SOLD}
    INSERT INTO analytics_category_daily (date, category_id, orders, units_sold, revenue)
    SELECT sold.day, p.category_id, count(DISTINCT sold.id), sum(i.quantity),
           sum(i.total_price - i.discount_amount - i.points_amount)
    FROM sold JOIN order_items i ON i.order_id = sold.id JOIN products p ON p.id = i.product_id GROUP BY 1, 2
"""
ROLL_UP = (DAYS, FORGET_PRODUCTS, PRODUCTS, FORGET_CATEGORIES, CATEGORIES)

# The first day that has anything, or was said to have something.
FIRST_DAY = """
    SELECT least(
        (least((SELECT min(created_at) FROM orders), (SELECT min(issued_at) FROM credit_notes),
               (SELECT min(created_at) FROM payment_entries WHERE kind = 'refunded')) AT TIME ZONE %(zone)s)::date,
        (SELECT min(date) FROM analytics_daily))
"""
# The days whose figures can have changed by what was written since then: those of orders, of all orders of their buyers
# (somebody may have become new, or is not new any more), of refunds and credit notes.
TOUCHED = """
    WITH changed AS (SELECT * FROM orders WHERE updated_at >= %(since)s)
    SELECT DISTINCT (at AT TIME ZONE %(zone)s)::date FROM (
        SELECT created_at FROM changed
        UNION ALL
        SELECT o.created_at FROM orders o WHERE o.customer_id IN (SELECT customer_id FROM changed)
        UNION ALL
        SELECT o.created_at FROM orders o
        WHERE o.customer_id IS NULL AND lower(o.customer_email) IN
              (SELECT lower(customer_email) FROM changed WHERE customer_id IS NULL AND customer_email <> '')
        UNION ALL
        SELECT e.created_at FROM payment_entries e JOIN payments p ON p.id = e.payment_id
        WHERE e.kind = 'refunded' AND p.order_id IN (SELECT id FROM changed)
        UNION ALL
        SELECT created_at FROM payment_entries WHERE kind = 'refunded' AND created_at >= %(since)s
        UNION ALL
        SELECT issued_at FROM credit_notes WHERE created_at >= %(since)s
    ) AS moments (at)
    ORDER BY 1
"""
