"""What must be true of a shop's stock, each as a SELECT of what breaks it."""

from tenant_shop.verification.rule import Rule

STOCK = (
    Rule(
        "variant_stock",
        "A variant's stock is the sum of its movements.",
        """
        SELECT 'variant', v.id, v.sku, v.inventory_quantity::text, COALESCE(sum(m.delta), 0)::text
        FROM product_variants v LEFT JOIN stock_movements m ON m.variant_id = v.id
        GROUP BY v.id HAVING v.inventory_quantity <> COALESCE(sum(m.delta), 0)
        ORDER BY v.id
        """,
    ),
    Rule(
        "product_stock",
        "A product's stock is the sum of its variants'.",
        """
        SELECT 'product', p.id, p.sku, p.inventory_quantity::text, COALESCE(sum(v.inventory_quantity), 0)::text
        FROM products p LEFT JOIN product_variants v ON v.product_id = p.id
        GROUP BY p.id HAVING p.inventory_quantity <> COALESCE(sum(v.inventory_quantity), 0)
        ORDER BY p.id
        """,
    ),
    Rule(
        "product_runs_low",
        "A product says that it runs low when one of its variants on sale does.",
        """
        SELECT 'product', p.id, p.sku, p.runs_low::text, (NOT p.runs_low)::text
        FROM products p
        WHERE p.runs_low <> (p.status = 'active' AND p.track_inventory AND EXISTS (
            SELECT FROM product_variants v
            WHERE v.product_id = p.id AND v.is_active AND v.inventory_quantity <= greatest(p.low_stock_threshold, 0)
        ))
        ORDER BY p.id
        """,
    ),
    # Also found where back-ordering was switched off while goods were owed: somebody should know.
    Rule(
        "stock_below_zero",
        "Stock that is tracked and cannot be back-ordered is never below zero.",
        """
        SELECT 'variant', v.id, v.sku, v.inventory_quantity::text, '0'
        FROM product_variants v JOIN products p ON p.id = v.product_id
        WHERE v.inventory_quantity < 0 AND p.track_inventory AND NOT p.allow_backorder
        ORDER BY v.id
        """,
    ),
    # A variant that was not tracked when it was sold has no movement.
    Rule(
        "order_stock",
        "An order took at most what it sold, and a cancelled one gave all of it back.",
        """
        SELECT 'order', o.id, o.order_number || ' ' || sold.sku, COALESCE(moved.delta, 0)::text,
               CASE WHEN o.status = 'cancelled' THEN '0' ELSE -sold.quantity || ' to 0' END
        FROM orders o
        JOIN (SELECT order_id, variant_id, min(product_sku) AS sku, sum(quantity) AS quantity
              FROM order_items GROUP BY 1, 2) sold ON sold.order_id = o.id
        LEFT JOIN (SELECT order_id, variant_id, sum(delta) AS delta
                   FROM stock_movements WHERE order_id IS NOT NULL AND reason <> 'damage' GROUP BY 1, 2) moved
               ON moved.order_id = o.id AND moved.variant_id = sold.variant_id
        WHERE moved.delta > 0 OR moved.delta < -sold.quantity OR (o.status = 'cancelled' AND moved.delta <> 0)
        ORDER BY o.id, sold.variant_id
        """,
    ),
    Rule(
        "order_written_off",
        "What is written off of an order's goods came back by its cancellation.",
        """
        SELECT 'order', o.id, o.order_number || ' ' || v.sku, off.lost::text, 'at most ' || off.back
        FROM (SELECT order_id, variant_id, -sum(delta) FILTER (WHERE reason = 'damage') AS lost,
                     COALESCE(sum(delta) FILTER (WHERE reason = 'cancellation'), 0) AS back
              FROM stock_movements WHERE order_id IS NOT NULL
              GROUP BY 1, 2 HAVING count(*) FILTER (WHERE reason = 'damage') > 0) off
        JOIN orders o ON o.id = off.order_id JOIN product_variants v ON v.id = off.variant_id
        WHERE off.lost > off.back ORDER BY o.id, v.id
        """,
    ),
)
