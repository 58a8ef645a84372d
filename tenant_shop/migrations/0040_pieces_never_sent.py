"""How many of the pieces that a refund gave back had not been sent, and so never will be."""

from django.db import migrations

# Until now every piece that was given back counted as one that need not be sent. What was to be sent then is taken to
# have been given back first, the oldest refunds before the others; what came back with a return had been sent, and so
# had everything of an order that was sent without a note of its parcels.
UNSENT = """
UPDATE payment_refunds SET lines = told.lines
FROM (
    SELECT pieces.refund_id,
           jsonb_agg(
               pieces.line || jsonb_build_object(
                   'unsent', greatest(least(pieces.quantity, pieces.open - pieces.before), 0)
               ) ORDER BY pieces.place
           ) AS lines
    FROM (
        SELECT r.id AS refund_id, line, place, (line ->> 'quantity')::int AS quantity,
               CASE WHEN r.key LIKE 'return-%' THEN 0
                    WHEN o.status IN ('shipped', 'delivered') AND NOT EXISTS (
                        SELECT FROM order_items noted WHERE noted.order_id = o.id AND noted.quantity_fulfilled > 0
                    ) THEN 0
                    ELSE i.quantity - i.quantity_fulfilled END AS open,
               COALESCE(sum((line ->> 'quantity')::int)
                   FILTER (WHERE r.state <> 'failed' AND r.key NOT LIKE 'return-%')
                   OVER (PARTITION BY i.id ORDER BY r.created_at, r.id
                         ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
        FROM payment_refunds r
        CROSS JOIN jsonb_array_elements(r.lines) WITH ORDINALITY AS given (line, place)
        JOIN order_items i ON i.id = (line ->> 'item')::uuid
        JOIN orders o ON o.id = i.order_id
    ) pieces
    GROUP BY 1
) told
WHERE told.refund_id = payment_refunds.id;
"""


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0039_countries_and_hours")]

    operations = [migrations.RunSQL(UNSENT, migrations.RunSQL.noop)]
