"""Orders of a shop that is being tried out: numbered apart, counted nowhere, and deleted when they have served."""

from django.db import migrations, models

# Test orders use no number of the real ones, whose series has no gaps; theirs is month 0.
NUMBERS = """
CREATE FUNCTION generate_test_order_number() RETURNS VARCHAR LANGUAGE plpgsql AS $$
DECLARE
    counted TEXT;
    new_number VARCHAR;
BEGIN
    LOOP
        INSERT INTO order_counters AS counter (month, last_number) VALUES (0, 1)
        ON CONFLICT (month) DO UPDATE SET last_number = counter.last_number + 1
        RETURNING last_number INTO counted;
        new_number := 'TEST-' || lpad(counted, greatest(4, length(counted)), '0');
        EXIT WHEN NOT EXISTS (SELECT FROM orders WHERE order_number = new_number);
    END LOOP;
    RETURN new_number;
END;
$$;
"""

# Whoever tries the shop out has bought nothing.
TOTALS = """
CREATE OR REPLACE FUNCTION update_customer_stats() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    UPDATE customers
    SET total_orders = total_orders + change.orders, total_spent = total_spent + change.spent
    FROM (
        SELECT customer_id, sum(orders) AS orders, sum(spent) AS spent
        FROM (VALUES
            (OLD.status = 'delivered'{but_old}, OLD.customer_id, -1, -OLD.total_amount),
            (NEW.status = 'delivered'{but_new}, NEW.customer_id, 1, NEW.total_amount)
        ) AS counted (counts, customer_id, orders, spent)
        WHERE counts AND customer_id IS NOT NULL
        GROUP BY customer_id
        HAVING sum(orders) <> 0 OR sum(spent) <> 0
    ) AS change
    WHERE customers.id = change.customer_id;
    RETURN NULL;
END;
$$;
"""

# The app's role may not delete what was written of money, and the database refuses it from whomever; only with a test
# order it goes. Nobody can make a real order one.
FORGETTING = """
CREATE FUNCTION forget_test_order() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    DELETE FROM payment_refunds WHERE payment_id IN (SELECT id FROM payments WHERE order_id = OLD.id);
    DELETE FROM payment_entries WHERE payment_id IN (SELECT id FROM payments WHERE order_id = OLD.id);
    DELETE FROM payments WHERE order_id = OLD.id;
    DELETE FROM credit_notes WHERE order_id = OLD.id;
    RETURN OLD;
END;
$$;
CREATE TRIGGER forget_test_order_trigger BEFORE DELETE ON orders
    FOR EACH ROW WHEN (OLD.is_test) EXECUTE FUNCTION forget_test_order();
CREATE TRIGGER orders_stay_tests BEFORE UPDATE OF is_test ON orders
    FOR EACH ROW WHEN (OLD.is_test <> NEW.is_test)
    EXECUTE FUNCTION refuse_change('an order is a test from the beginning, or never');
"""
NOTHING_FORGOTTEN = """
DROP TRIGGER orders_stay_tests ON orders;
DROP FUNCTION forget_test_order() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0047_custom_fields")]

    operations = [
        migrations.AddField(
            "order",
            "is_test",
            models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="Placed while the shop was in test mode: it is no sale.",
            ),
        ),
        migrations.AddIndex(
            "order",
            models.Index(condition=models.Q(is_test=True), fields=["created_at"], name="idx_orders_tests"),
        ),
        migrations.AlterField(
            "ordercounter",
            "month",
            models.IntegerField(
                help_text="YYYYMM, in the shop's time zone; 0 for test orders.", primary_key=True, serialize=False
            ),
        ),
        migrations.RunSQL(NUMBERS, "DROP FUNCTION generate_test_order_number()"),
        migrations.RunSQL(
            TOTALS.format(but_old=" AND NOT OLD.is_test", but_new=" AND NOT NEW.is_test"),
            TOTALS.format(but_old="", but_new=""),
        ),
        migrations.RunSQL(FORGETTING, NOTHING_FORGOTTEN),
    ]
