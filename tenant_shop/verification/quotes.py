"""What must be true of quotes; the file of rules says what a rule is."""

from tenant_shop.verification.rule import Rule

QUOTES = (
    Rule(
        "quote_order",
        "The order that an offer became has just its goods, in its numbers, at its prices.",
        """
        SELECT 'quote', q.id, o.order_number || ' ' || pair.sku, COALESCE(pair.sold, 'nothing'),
               COALESCE(pair.offered, 'nothing')
        FROM quote_requests q JOIN orders o ON o.id = q.order_id
        CROSS JOIN LATERAL (
            SELECT COALESCE(offer.product_sku, item.product_sku) AS sku,
                   -- A company that owes the tax itself pays the agreed price without it.
                   offer.quantity || ' x ' || CASE WHEN o.reverse_charge THEN item.unit_price ELSE offer.unit_price END
                       AS offered,
                   item.quantity || ' x ' || item.unit_price AS sold
            FROM (SELECT * FROM quote_lines WHERE quote_id = q.id AND variant_id IS NOT NULL) AS offer
            FULL JOIN (SELECT * FROM order_items WHERE order_id = o.id) AS item USING (variant_id)
        ) AS pair
        WHERE q.status = 'accepted' AND pair.offered IS DISTINCT FROM pair.sold
        ORDER BY q.id, 3
        """,
    ),
    Rule(
        "quote_status",
        "A quote is ordered when it was accepted, and only then.",
        """
        SELECT 'quote', q.id, o.order_number, q.status, 'accepted'
        FROM quote_requests q JOIN orders o ON o.id = q.order_id
        WHERE q.status <> 'accepted'
        ORDER BY q.id
        """,
    ),
)
