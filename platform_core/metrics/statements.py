"""What adding up the platform's days asks its database; docs/analytics.md says what each figure means.

Parameter everywhere: `days`.
"""
# ruff: noqa: S608

# A shop's standing at the end of a day: what the audit log last said before it; else what it first said was changed
# later; else what it is now. Opening a new shop is no change of standing, and has a time of its own. Sandboxes are no
# shops.
STANDING = """
    moments AS (
        SELECT day, day::timestamp AT TIME ZONE 'UTC' AS starts, (day + 1)::timestamp AT TIME ZONE 'UTC' AS ends
        FROM unnest(%(days)s::date[]) AS asked (day)
    ),
    changes AS (
        SELECT tenant_id, created_at, id, old_values ->> 'status' AS old_status, new_values ->> 'status' AS new_status
        FROM platform_audit_log
        WHERE resource_type = 'tenant'
          AND action IN ('suspend_tenant', 'resume_tenant', 'cancel_tenant', 'reopen_tenant')
    ),
    standing AS (
        SELECT m.day, m.starts, m.ends, t.id, t.created_at,
               COALESCE(
                   (SELECT new_status FROM changes c WHERE c.tenant_id = t.id AND c.created_at < m.ends
                    ORDER BY c.created_at DESC, c.id DESC LIMIT 1),
                   CASE WHEN t.activated_at >= m.ends THEN 'pending_setup' END,
                   (SELECT old_status FROM changes c WHERE c.tenant_id = t.id AND c.created_at >= m.ends
                    ORDER BY c.created_at, c.id LIMIT 1),
                   t.status
               ) AS status
        FROM moments m JOIN tenants t ON t.created_at < m.ends AND t.sandbox_of IS NULL
    )
"""
PLATFORM = f"""
    WITH {STANDING},
    tenants_of AS (
        SELECT day, count(*) FILTER (WHERE status <> 'cancelled') AS total,
               count(*) FILTER (WHERE status = 'active') AS active,
               count(*) FILTER (WHERE created_at >= starts) AS new
        FROM standing GROUP BY day
    ),
    churned AS (
        SELECT m.day, count(DISTINCT c.tenant_id) AS churned
        FROM moments m JOIN changes c ON c.created_at >= m.starts AND c.created_at < m.ends
        WHERE c.new_status = 'cancelled' GROUP BY m.day
    ),
    paid AS (
        SELECT paid_date AS day, sum(total_amount) AS amount FROM billing_invoices
        WHERE status = 'paid' AND currency = 'USD' AND paid_date = ANY(%(days)s) GROUP BY paid_date
    ),
    recurring AS (
        SELECT m.day, round(sum(c.annual_change) / 12, 2) AS amount
        FROM moments m JOIN recurring_changes c ON c.day <= m.day
        WHERE c.currency = 'USD' GROUP BY m.day
    ),
    sold AS (
        SELECT date AS day, sum(orders) AS orders, sum(api_calls) AS calls
        FROM tenant_metrics WHERE date = ANY(%(days)s) GROUP BY date
    ),
    grown AS (
        SELECT st.day, sum(last.customers) AS customers, sum(last.products) AS products
        FROM standing st CROSS JOIN LATERAL (
            SELECT customers, products FROM tenant_metrics k
            WHERE k.tenant_id = st.id AND k.date <= st.day ORDER BY k.date DESC LIMIT 1
        ) AS last
        WHERE st.status <> 'cancelled' GROUP BY st.day
    ),
    fared AS (
        SELECT day, round(min(100.0 * looks_well / looks) FILTER (WHERE part <> 'responses'), 2) AS uptime,
               round(sum(ms_sum / looks) FILTER (WHERE part = 'responses')) AS ms
        FROM health_days
        WHERE day = ANY(%(days)s) AND looks > 0 AND (part IN ('website', 'responses') OR part LIKE 'shops:%%')
        GROUP BY day
    )
    INSERT INTO platform_metrics
        (date, total_tenants, active_tenants, new_tenants, churned_tenants, total_revenue, recurring_revenue,
         total_orders, total_customers, total_products, total_api_calls, avg_response_time_ms, uptime_percentage)
    SELECT day, COALESCE(tenants_of.total, 0), COALESCE(tenants_of.active, 0), COALESCE(tenants_of.new, 0),
           COALESCE(churned.churned, 0), COALESCE(paid.amount, 0), COALESCE(recurring.amount, 0),
           COALESCE(sold.orders, 0), COALESCE(grown.customers, 0), COALESCE(grown.products, 0),
           COALESCE(sold.calls, 0), fared.ms, fared.uptime
    FROM moments
    LEFT JOIN tenants_of USING (day) LEFT JOIN churned USING (day) LEFT JOIN paid USING (day)
    LEFT JOIN recurring USING (day) LEFT JOIN sold USING (day) LEFT JOIN grown USING (day)
    LEFT JOIN fared USING (day)
    ON CONFLICT (date) DO UPDATE SET
        -- Looks are forgotten after some months: what they said stands.
        avg_response_time_ms = COALESCE(EXCLUDED.avg_response_time_ms, platform_metrics.avg_response_time_ms),
        uptime_percentage = COALESCE(EXCLUDED.uptime_percentage, platform_metrics.uptime_percentage),
        total_tenants = EXCLUDED.total_tenants, active_tenants = EXCLUDED.active_tenants,
        new_tenants = EXCLUDED.new_tenants, churned_tenants = EXCLUDED.churned_tenants,
        total_revenue = EXCLUDED.total_revenue, recurring_revenue = EXCLUDED.recurring_revenue,
        total_orders = EXCLUDED.total_orders, total_customers = EXCLUDED.total_customers,
        total_products = EXCLUDED.total_products, total_api_calls = EXCLUDED.total_api_calls
"""
FORGET_SALES = "DELETE FROM platform_sales WHERE date = ANY(%(days)s)"
SALES = """
    INSERT INTO platform_sales (date, currency, tenants, orders, revenue)
    SELECT date, currency, count(*), sum(orders), sum(revenue) FROM tenant_metrics
    WHERE date = ANY(%(days)s) AND (orders > 0 OR revenue <> 0) GROUP BY date, currency
"""
ADD_UP = (PLATFORM, FORGET_SALES, SALES)

# East of Greenwich a shop's day is over before the platform's: it waits.
WAITING = "UPDATE tenant_metrics SET is_added_up = true WHERE NOT is_added_up AND date <= %(until)s RETURNING date"
KNOWN = "SELECT min(date), max(date) FROM platform_metrics"
