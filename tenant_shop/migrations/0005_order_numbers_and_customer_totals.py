"""What happens by itself when an order is written: its number, and its customer's totals."""

from django.db import migrations, models

import tenant_shop.orders.models

# The counter row is locked until the transaction ends, so numbers have no gaps and two orders never share one; ON
# CONFLICT settles the first order of a month. Numbers that an import brought along are stepped over.
ORDER_NUMBERS = """
CREATE FUNCTION generate_order_number() RETURNS VARCHAR LANGUAGE plpgsql AS $$
DECLARE
    this_month INTEGER := to_char(
        CURRENT_TIMESTAMP AT TIME ZONE COALESCE((SELECT value #>> '{}' FROM settings WHERE key = 'timezone'), 'UTC'),
        'YYYYMM'
    );
    counted TEXT;
    new_number VARCHAR;
BEGIN
    LOOP
        INSERT INTO order_counters AS counter (month, last_number) VALUES (this_month, 1)
        ON CONFLICT (month) DO UPDATE SET last_number = counter.last_number + 1
        RETURNING last_number INTO counted;
        new_number := this_month || lpad(counted, greatest(6, length(counted)), '0');
        EXIT WHEN NOT EXISTS (SELECT FROM orders WHERE order_number = new_number);
    END LOOP;
    RETURN new_number;
END;
$$;

CREATE FUNCTION set_order_number() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.order_number IS NULL OR NEW.order_number = '' THEN
        NEW.order_number := generate_order_number();
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER set_order_number_trigger BEFORE INSERT ON orders
    FOR EACH ROW EXECUTE FUNCTION set_order_number();
"""
NO_ORDER_NUMBERS = "DROP FUNCTION set_order_number() CASCADE; DROP FUNCTION generate_order_number() CASCADE;"

# A delivered order counts for its customer. What the row said before is taken off, what it says now is added, in one
# statement for each customer; OLD is NULL on insertion, NEW on deletion.
CUSTOMER_TOTALS = """
CREATE FUNCTION update_customer_stats() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    UPDATE customers
    SET total_orders = total_orders + change.orders, total_spent = total_spent + change.spent
    FROM (
        SELECT customer_id, sum(orders) AS orders, sum(spent) AS spent
        FROM (VALUES
            (OLD.status = 'delivered', OLD.customer_id, -1, -OLD.total_amount),
            (NEW.status = 'delivered', NEW.customer_id, 1, NEW.total_amount)
        ) AS counted (counts, customer_id, orders, spent)
        WHERE counts AND customer_id IS NOT NULL
        GROUP BY customer_id
        HAVING sum(orders) <> 0 OR sum(spent) <> 0
    ) AS change
    WHERE customers.id = change.customer_id;
    RETURN NULL;
END;
$$;

CREATE TRIGGER update_customer_stats_trigger AFTER INSERT OR DELETE OR UPDATE OF status, customer_id, total_amount ON orders
    FOR EACH ROW EXECUTE FUNCTION update_customer_stats();
"""


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0004_variants_and_stock")]

    operations = [
        migrations.RunSQL(ORDER_NUMBERS, NO_ORDER_NUMBERS),
        migrations.AlterField(
            "order",
            "order_number",
            models.CharField(
                max_length=50, db_default=tenant_shop.orders.models.NextOrderNumber(), editable=False
            ),
        ),
        migrations.RunSQL(CUSTOMER_TOTALS, "DROP FUNCTION update_customer_stats() CASCADE"),
    ]
