"""What rolling up asks the database; docs/analytics.md says what each figure means.

Parameters everywhere: `first` and `last` day, both included, and the shop's `zone` and `currency`. Page views and
visitors are given, by day: `counted`, `views`, `visitors`.
"""
# ruff: noqa: S608

# The first moment of a day. Where clocks are put back to midnight (Havana) there are two of it, and the database takes
# the later one; an hour after eleven is the first. Where they are put forward from it (Cairo) both are the same.
STARTS = """least({day}::timestamp AT TIME ZONE %(zone)s,
                   ({day}::timestamp - INTERVAL '1 hour') AT TIME ZONE %(zone)s + INTERVAL '1 hour')"""
# An order counts unless it was cancelled, still waits for its money, or is a test. Sums are made of those in the
# shop's currency only: sums of two currencies mean nothing.
COUNTS = """NOT o.is_test AND o.status <> 'cancelled'
    AND NOT (o.status = 'pending' AND o.payment_status IN ('pending', 'failed'))"""
SPAN = f"""
    span AS (
        SELECT {STARTS.format(day="%(first)s::date")} AS starts, {STARTS.format(day="(%(last)s::date + 1)")} AS ends
    )
"""
SOLD = f"""
    sold AS (
        SELECT o.id, (o.created_at AT TIME ZONE %(zone)s)::date AS day, o.created_at, o.total_amount, o.customer_id,
               CASE WHEN o.customer_id IS NULL THEN NULLIF(lower(o.customer_email), '') END AS guest
        FROM orders o, span
        WHERE o.created_at >= span.starts AND o.created_at < span.ends AND {COUNTS} AND o.currency = %(currency)s
    )
"""
# What is given back of an order lowers the sales of its own day, and what could not be delivered and came back raises
# that of its; but not what was taken beyond the order's price, and nothing of an order that does not count.
BACK = "('refunded', 'refund_failed')"
GIVEN_BACK = f"""
    refunded AS (
        SELECT DISTINCT p.order_id
        FROM payment_entries e JOIN payments p ON p.id = e.payment_id, span
        WHERE e.kind IN {BACK} AND e.created_at >= span.starts AND e.created_at < span.ends
    ),
    ledger AS (
        SELECT p.order_id, e.id, e.created_at, e.kind,
               CASE e.kind WHEN 'refunded' THEN e.amount WHEN 'refund_failed' THEN -e.amount ELSE 0 END AS back,
               greatest(sum(e.amount) FILTER (WHERE e.kind = 'captured') OVER (PARTITION BY p.order_id)
                        - (o.total_amount - o.credited_amount), 0) AS excess
        FROM refunded JOIN orders o ON o.id = refunded.order_id
        JOIN payments p ON p.order_id = o.id JOIN payment_entries e ON e.payment_id = p.id
        WHERE {COUNTS} AND o.currency = %(currency)s
    ),
    gone AS (SELECT *, sum(back) OVER (PARTITION BY order_id ORDER BY created_at, id) AS given FROM ledger),
    given_back AS (
        SELECT (at AT TIME ZONE %(zone)s)::date AS day, sum(amount) AS amount
        FROM (
            SELECT g.created_at AS at, greatest(g.given - g.excess, 0) - greatest(g.given - g.back - g.excess, 0)
            FROM gone g, span
            WHERE g.kind IN {BACK} AND g.created_at >= span.starts AND g.created_at < span.ends
            UNION ALL
            SELECT n.issued_at, n.total_amount
            FROM credit_notes n, span
            WHERE n.issued_at >= span.starts AND n.issued_at < span.ends AND n.currency = %(currency)s
              AND NOT EXISTS (SELECT FROM orders o WHERE o.id = n.order_id AND o.is_test)
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
                       AND o.created_at < {STARTS.format(day="once.day")}
                   ) ELSE EXISTS (
                       SELECT FROM orders o WHERE o.customer_id IS NULL AND lower(o.customer_email) = once.guest
                       AND {COUNTS} AND o.created_at < {STARTS.format(day="once.day")}
                   ) END AS came_before
            FROM (SELECT DISTINCT day, customer_id, guest FROM sold WHERE customer_id IS NOT NULL OR guest IS NOT NULL)
                 AS once
        ) AS known
        GROUP BY day
    )
"""
RATE = "CASE WHEN {visitors} > 0 THEN least(round(100.0 * {orders} / {visitors}, 2), 999.99) ELSE 0 END"
# What was once counted stands, when Redis has forgotten it or a part of it.
VISITORS = "greatest(kept.website_visitors, EXCLUDED.website_visitors)"
DAYS = f"""
    WITH {SPAN}, {SOLD}, {GIVEN_BACK}, {BUYERS},
    sales AS (SELECT day, count(*) AS orders, sum(total_amount) AS amount FROM sold GROUP BY day),
    pieces AS (
        SELECT sold.day, sum(i.quantity) AS pieces FROM sold JOIN order_items i ON i.order_id = sold.id GROUP BY 1
    )
    INSERT INTO analytics_daily AS kept
        (date, total_revenue, gross_revenue, total_orders, average_order_value, new_customers, returning_customers,
         units_sold, website_visitors, page_views, conversion_rate, rolled_up_at)
    SELECT day, COALESCE(sales.amount, 0) - COALESCE(given_back.amount, 0), COALESCE(sales.amount, 0),
           COALESCE(sales.orders, 0),
           COALESCE(round(sales.amount / sales.orders, %(digits)s), 0), COALESCE(buyers.new, 0),
           COALESCE(buyers.returning, 0), COALESCE(pieces.pieces, 0), COALESCE(seen.visitors, 0),
           COALESCE(seen.views, 0), {RATE.format(orders="COALESCE(sales.orders, 0)", visitors="seen.visitors")},
           statement_timestamp()
    FROM generate_series(%(first)s::date, %(last)s::date, INTERVAL '1 day') AS every (at)
    CROSS JOIN LATERAL (SELECT every.at::date AS day) AS date_of
    LEFT JOIN sales USING (day) LEFT JOIN given_back USING (day) LEFT JOIN buyers USING (day)
    LEFT JOIN pieces USING (day)
    LEFT JOIN unnest(%(counted)s::date[], %(visitors)s::int[], %(views)s::int[]) AS seen (day, visitors, views)
        USING (day)
    ON CONFLICT (date) DO UPDATE SET
        total_revenue = EXCLUDED.total_revenue, gross_revenue = EXCLUDED.gross_revenue,
        rolled_up_at = EXCLUDED.rolled_up_at, total_orders = EXCLUDED.total_orders,
        average_order_value = EXCLUDED.average_order_value, new_customers = EXCLUDED.new_customers,
        returning_customers = EXCLUDED.returning_customers, units_sold = EXCLUDED.units_sold,
        website_visitors = {VISITORS}, page_views = greatest(kept.page_views, EXCLUDED.page_views),
        conversion_rate = {RATE.format(orders="EXCLUDED.total_orders", visitors=VISITORS)}
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
FORGET_COUNTRIES = "DELETE FROM analytics_country_daily WHERE date BETWEEN %(first)s AND %(last)s"
# What is picked up is sent nowhere; then it is the payer's country.
COUNTRIES = f"""
    WITH {SPAN}, {SOLD}
    INSERT INTO analytics_country_daily (date, country, orders, revenue)
    SELECT sold.day,
           CASE WHEN o.shipping_address ->> 'country' ~ '^[A-Z]{{2}}$' THEN o.shipping_address ->> 'country'
                WHEN o.billing_address ->> 'country' ~ '^[A-Z]{{2}}$' THEN o.billing_address ->> 'country'
                ELSE '' END,
           count(*), sum(sold.total_amount)
    FROM sold JOIN orders o ON o.id = sold.id GROUP BY 1, 2
"""
FORGET_HOURS = "DELETE FROM analytics_hour_daily WHERE date BETWEEN %(first)s AND %(last)s"
HOURS = f"""
    WITH {SPAN}, {SOLD}
    INSERT INTO analytics_hour_daily (date, hour, orders, revenue)
    SELECT day, extract(hour FROM created_at AT TIME ZONE %(zone)s), count(*), sum(total_amount)
    FROM sold GROUP BY 1, 2
"""
ROLL_UP = (
    DAYS, FORGET_PRODUCTS, PRODUCTS, FORGET_CATEGORIES, CATEGORIES, FORGET_COUNTRIES, COUNTRIES, FORGET_HOURS, HOURS,
)  # fmt: skip

# The first day that has anything, or was said to have something.
FIRST_DAY = f"""
    SELECT least(
        (least((SELECT min(created_at) FROM orders), (SELECT min(issued_at) FROM credit_notes),
               (SELECT min(created_at) FROM payment_entries WHERE kind IN {BACK})) AT TIME ZONE %(zone)s)::date,
        (SELECT min(date) FROM analytics_daily))
"""
# The days whose figures can have changed by what was written since then: those of orders, of their buyers' later orders
# (somebody may have become new, or is not new any more), of refunds and credit notes.
TOUCHED = f"""
    WITH changed AS (SELECT * FROM orders WHERE updated_at >= %(since)s),
    customers_since AS (
        SELECT customer_id, min(created_at) AS at FROM changed WHERE customer_id IS NOT NULL GROUP BY 1
    ),
    guests_since AS (
        SELECT lower(customer_email) AS email, min(created_at) AS at FROM changed
        WHERE customer_id IS NULL AND customer_email <> '' GROUP BY 1
    )
    SELECT DISTINCT (at AT TIME ZONE %(zone)s)::date FROM (
        SELECT created_at FROM changed
        UNION ALL
        SELECT o.created_at FROM customers_since c JOIN orders o ON o.customer_id = c.customer_id
        WHERE o.created_at > c.at
        UNION ALL
        SELECT o.created_at FROM guests_since g JOIN orders o ON lower(o.customer_email) = g.email
        WHERE o.customer_id IS NULL AND o.created_at > g.at
        UNION ALL
        SELECT e.created_at FROM payment_entries e JOIN payments p ON p.id = e.payment_id
        WHERE e.kind IN {BACK} AND p.order_id IN (SELECT id FROM changed)
        UNION ALL
        SELECT created_at FROM payment_entries WHERE kind IN {BACK} AND created_at >= %(since)s
        UNION ALL
        SELECT issued_at FROM credit_notes WHERE created_at >= %(since)s
    ) AS moments (at)
    ORDER BY 1
"""

# How far the figures are: by which time zone and currency, and what may have been written since.
MARK = """
    INSERT INTO analytics_state (id, timezone, currency, rolled_up_at) VALUES (1, %s, %s, %s)
    ON CONFLICT (id) DO UPDATE SET
        timezone = EXCLUDED.timezone, currency = EXCLUDED.currency, rolled_up_at = EXCLUDED.rolled_up_at
"""

# What the platform is told of days that are over. Customers and products are those that were there when it ended, of
# the ones that still are.
CLOSED_DAYS = """
    WITH asked AS (
        SELECT DISTINCT kept.date, kept.total_orders, kept.total_revenue
        FROM unnest(%(firsts)s::date[], %(lasts)s::date[]) AS span (first, last)
        JOIN analytics_daily kept ON kept.date BETWEEN span.first AND span.last
        WHERE kept.date < %(today)s
    ),
    came AS (
        SELECT (created_at AT TIME ZONE %(zone)s)::date AS day, 1 AS customers, 0 AS products FROM customers
        UNION ALL SELECT (created_at AT TIME ZONE %(zone)s)::date, 0, 1 FROM products
        UNION ALL SELECT date, 0, 0 FROM asked
    ),
    grown AS (
        SELECT day, sum(sum(customers)) OVER (ORDER BY day) AS customers,
               sum(sum(products)) OVER (ORDER BY day) AS products
        FROM came GROUP BY day
    )
    SELECT date, total_orders, total_revenue, customers, products, COALESCE(usage.calls, 0)
    FROM asked JOIN grown ON grown.day = date LEFT JOIN api_usage usage ON usage.day = date ORDER BY date
"""
