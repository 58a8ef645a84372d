"""What must be true of what is sent and given back; the file of rules says what a rule is."""

from babel.core import get_global

from smartseller.money import smallest_unit
from tenant_shop.verification.rule import Rule

# Currencies whose smallest unit is not a hundredth.
UNITS = ", ".join(
    f"('{code}', {smallest_unit(code)})" for code in sorted(get_global("currency_fractions")) if code != "DEFAULT"
)
# By line of an order: how many pieces were given back, how many of them unsent, and for how much; what failed is none.
GIVEN = """
    SELECT (line ->> 'item')::uuid AS item_id, sum((line ->> 'quantity')::int) AS pieces,
           sum((line ->> 'unsent')::int) AS unsent, sum((line ->> 'amount')::numeric) AS amount
    FROM payment_refunds CROSS JOIN jsonb_array_elements(lines) line
    WHERE state <> 'failed' GROUP BY 1
"""

GIVEN_BACK = (
    # History that was imported, or noted as sent without parcels, has none.
    Rule(
        "parcels",
        "What was sent of a line is what is in the order's parcels.",
        """
        SELECT 'line', i.id, o.order_number || ' ' || i.product_sku, i.quantity_fulfilled::text,
               COALESCE(parcels.pieces, 0)::text
        FROM order_items i JOIN orders o ON o.id = i.order_id
        LEFT JOIN (SELECT (line ->> 'item')::uuid AS item_id, sum((line ->> 'quantity')::int) AS pieces
                   FROM shipments CROSS JOIN jsonb_array_elements(lines) line GROUP BY 1) parcels
               ON parcels.item_id = i.id
        WHERE i.quantity_fulfilled <> COALESCE(parcels.pieces, 0)
              AND EXISTS (SELECT FROM shipments s WHERE s.order_id = o.id)
        ORDER BY i.id
        """,
    ),
    Rule(
        "pieces_given_back",
        "A piece is given back once; one that was given back before it was sent is not sent.",
        f"""
        SELECT 'line', i.id, o.order_number || ' ' || i.product_sku,
               format('%s sent, %s given back unsent, %s sent', i.quantity_fulfilled, g.unsent, g.pieces - g.unsent),
               format('of %s', i.quantity)
        FROM order_items i JOIN orders o ON o.id = i.order_id
        JOIN ({GIVEN}) g ON g.item_id = i.id
        WHERE g.pieces > i.quantity OR g.unsent + i.quantity_fulfilled > i.quantity OR g.unsent > g.pieces
              OR (g.pieces - g.unsent > i.quantity_fulfilled
                  AND EXISTS (SELECT FROM shipments s WHERE s.order_id = o.id))
        ORDER BY i.id
        """,  # noqa: S608 - of our own words
    ),
    Rule(
        "refund_entries",
        "A refund that is done is in its payment's ledger, and one that is on its way is not.",
        """
        SELECT 'refund', r.id, o.order_number, count(e.id)::text, CASE WHEN r.state = 'succeeded' THEN '1' ELSE '0' END
        FROM payment_refunds r JOIN payments p ON p.id = r.payment_id JOIN orders o ON o.id = p.order_id
        LEFT JOIN payment_entries e ON e.payment_id = r.payment_id AND e.kind = 'refunded' AND e.amount = r.amount
             AND (e.details ->> 'refund' = r.id::text OR e.provider_event_id = r.gateway_reference)
        WHERE r.state <> 'failed'
        GROUP BY r.id, o.order_number
        HAVING count(e.id) <> CASE WHEN r.state = 'succeeded' THEN 1 ELSE 0 END
        ORDER BY r.id
        """,
    ),
    Rule(
        "refunded_returns",
        "The goods of a return that is refunded were given back, with all of their money while the shop has any.",
        f"""
        SELECT 'return line', l.item_id, o.order_number || ' ' || i.product_sku,
               concat_ws(' / ', COALESCE(g.pieces, 0), COALESCE(g.amount, 0)), concat_ws(' / ', l.pieces, worth.amount)
        FROM (SELECT l.order_item_id AS item_id, sum(l.quantity) AS pieces
              FROM return_lines l JOIN returns r ON r.id = l.return_id WHERE r.status = 'refunded' GROUP BY 1) l
        JOIN order_items i ON i.id = l.item_id JOIN orders o ON o.id = i.order_id
        LEFT JOIN ({GIVEN}) g ON g.item_id = i.id
        LEFT JOIN (VALUES {UNITS}) units (currency, unit) ON units.currency = o.currency
        CROSS JOIN LATERAL (
            SELECT i.total_price - i.discount_amount + CASE WHEN o.tax_included THEN 0 ELSE i.tax_amount END AS amount
        ) line
        CROSS JOIN LATERAL (SELECT (line.amount * l.pieces / i.quantity)::numeric(15, 3) AS amount) worth
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(CASE e.kind WHEN 'captured' THEN e.amount WHEN 'refund_failed' THEN e.amount
                                WHEN 'refunded' THEN -e.amount ELSE 0 END), 0) AS kept,
                   COALESCE(sum(e.amount) FILTER (WHERE e.kind = 'captured'), 0) AS captured
            FROM payment_entries e JOIN payments p ON p.id = e.payment_id WHERE p.order_id = o.id
        ) money
        WHERE line.amount > 0 AND (money.kept > 0 OR money.captured < o.total_amount - o.credited_amount)
              AND (COALESCE(g.pieces, 0) < l.pieces
              OR worth.amount - COALESCE(g.amount, 0) > COALESCE(units.unit, 0.01) / 2)
        ORDER BY i.id
        """,  # noqa: S608 - of our own words
    ),
    Rule(
        "credited",
        "What of an order need not be paid is what came back before it was paid, and what its credit notes say.",
        """
        SELECT 'order', o.id, o.order_number, concat_ws(' / ', o.credited_amount, COALESCE(notes.amount, 0)),
               COALESCE(back.amount, 0)::numeric(15, 3)::text
        FROM orders o
        LEFT JOIN (SELECT p.order_id, sum(r.amount) AS amount FROM payment_refunds r
                   JOIN payments p ON p.id = r.payment_id WHERE r.state = 'credited' GROUP BY 1) back
               ON back.order_id = o.id
        LEFT JOIN (SELECT order_id, sum(total_amount) AS amount FROM credit_notes
                   WHERE order_id IS NOT NULL GROUP BY 1) notes
               ON notes.order_id = o.id
        WHERE o.credited_amount <> COALESCE(back.amount, 0) OR COALESCE(notes.amount, 0) <> COALESCE(back.amount, 0)
        ORDER BY o.id
        """,
    ),
)
