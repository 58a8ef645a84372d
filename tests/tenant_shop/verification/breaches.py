"""Every way in which the books of the shop that the tests traded with may be wrong."""

# A rule, a change that no verb of the shop would make, and the finding: what the row says and should say.
BREACHES = [
    (
        "quote_order",
        "UPDATE quote_lines SET unit_price = 7",
        "{quoted} CUP",
        "2 x 8.000",
        "2 x 7.000",
    ),
    (
        "custom_indexes",
        "INSERT INTO custom_fields (owner, key, name, kind, is_indexed, index_state)"
        " VALUES ('product', 'care', 'Care', 'text', true, 'ready')",
        "Care",
        "no index",
        "an index",
    ),
    (
        "custom_indexes",
        "CREATE INDEX custom_order_00000000000000000000000000000001 ON orders (status)",
        "custom_order_00000000000000000000000000000001",
        "an index",
        "no index",
    ),
    ("quote_status", "UPDATE quote_requests SET status = 'answered'", "{quoted}", "answered", "accepted"),
    ("variant_stock", "UPDATE product_variants SET inventory_quantity = 7 WHERE sku = 'MUG'", "MUG", "7", "5"),
    ("product_stock", "UPDATE products SET inventory_quantity = 6 WHERE sku = 'MUG'", "MUG", "6", "5"),
    ("product_runs_low", "UPDATE products SET runs_low = FALSE WHERE sku = 'MUG'", "MUG", "false", "true"),
    (
        "stock_below_zero",
        "UPDATE products SET allow_backorder = FALSE WHERE sku = 'BOOK'",
        "BOOK",
        "-2",
        "0",
    ),
    (
        "order_stock",
        "UPDATE stock_movements SET delta = -4 WHERE order_id = (SELECT id FROM orders WHERE status = 'confirmed')"
        " AND variant_id = (SELECT id FROM product_variants WHERE sku = 'MUG')",
        "{paid} MUG",
        "-4",
        "-3 to 0",
    ),
    (
        "order_stock",
        "DELETE FROM stock_movements WHERE reason = 'cancellation'",
        "{cancelled} MUG",
        "-1",
        "0",
    ),
    (
        "order_written_off",
        "INSERT INTO stock_movements (variant_id, delta, reason, order_id) SELECT v.id, -2, 'damage', o.id"
        " FROM product_variants v, orders o WHERE v.sku = 'MUG' AND o.status = 'cancelled'",
        "{cancelled} MUG",
        "2",
        "at most 1",
    ),
    (
        "line_total",
        "UPDATE order_items SET total_price = total_price + 1 WHERE product_sku = 'BOOK'",
        "{paid} BOOK",
        "41.000",
        "40.000",
    ),
    (
        "order_parts",
        "UPDATE orders SET tax_amount = tax_amount + 0.01, total_amount = total_amount + 0.01 WHERE status='confirmed'",
        "{paid}",
        "70.000 / 7.500 / 12.810",
        "70.000 / 7.500 / 12.800",
    ),
    (
        "order_total",
        "UPDATE orders SET total_amount = total_amount + 1 WHERE status = 'cancelled'",
        "{cancelled}",
        "16.950",
        "15.950",
    ),
    (
        "refunds",
        "UPDATE payment_entries SET amount = 100 WHERE kind = 'refunded' AND amount = 10",
        "{paid}",
        "100.000",
        "80.200",
    ),
    (
        "refunds",
        "UPDATE payment_entries SET kind = 'refund_failed' WHERE kind = 'refunded' AND amount = 10",
        "{paid}",
        "-10.000",
        "80.200",
    ),
    ("owed", "UPDATE orders SET owed_amount = 5 WHERE status = 'confirmed'", "{paid}", "5.000", "0"),
    (
        "credited",
        "UPDATE orders SET credited_amount = 5 WHERE status = 'confirmed'",
        "{paid}",
        "5.000 / 0",
        "0.000",
    ),
    ("code_uses", "UPDATE discount_codes SET usage_count = 3", "TENTH", "3", "1"),
    (
        "code_given_back",
        "UPDATE discount_redemptions SET released_at = NULL",
        "{cancelled}",
        "TENTH",
        "",
    ),
    (
        "line_discounts",
        "UPDATE order_items SET discount_amount = 4.5 WHERE product_sku = 'BOOK'",
        "{paid} BOOK",
        "4.500",
        "4.290",
    ),
    (
        "discount_shares",
        "UPDATE discount_redemptions SET amount = 6 WHERE released_at IS NULL",
        "{paid} TENTH",
        "6.000",
        "7.000",
    ),
    (
        "customer_totals",
        "UPDATE customers SET total_orders = 2, total_spent = 9.5",
        "ann@example.com",
        "2 / 9.500",
        "0 / 0.000",
    ),
    (
        "ordered_carts",
        "UPDATE shopping_carts SET completed_at = NULL "
        " WHERE id = (SELECT cart_id FROM orders WHERE status = 'confirmed')",
        "{paid}",
        "open",
        "closed",
    ),
    ("loyalty_balance", "UPDATE customers SET loyalty_points = 64", "ann@example.com", "64", "113"),
    (
        "loyalty_taken_back",
        "INSERT INTO loyalty_entries (customer_id, order_id, points, reason, actor)"
        " SELECT customer_id, id, -64, 'taken_back', 'ann' FROM orders WHERE status = 'confirmed'",
        "{paid}",
        "64 / 0",
        "63 / 50",
    ),
    (
        "loyalty_spent",
        "UPDATE orders SET points_spent = 40 WHERE status = 'confirmed'",
        "{paid}",
        "50 / 0",
        "40",
    ),
    (
        "loyalty_spent",
        "DELETE FROM loyalty_entries WHERE reason = 'given_back'",
        "{cancelled}",
        "50 / 0",
        "50 / 50",
    ),
    (
        "points_amount",
        "UPDATE orders SET points_amount = 0.4 WHERE status = 'confirmed'",
        "{paid}",
        "0.400",
        "0.500",
    ),
    (
        "approved_requests",
        "WITH company AS (INSERT INTO companies (name, country) VALUES ('Example', 'DE') RETURNING id)"
        " INSERT INTO purchase_requests"
        " (company_id, cart_id, total, currency, status, decided_at, expires_at, order_id)"
        " SELECT company.id, cart_id, 1, 'EUR', 'approved', now(), now(), orders.id FROM company, orders"
        " WHERE status = 'confirmed'",
        "{paid}",
        "t / Example",
        "t / ",
    ),
    (
        "frozen_carts",
        "UPDATE shopping_carts SET frozen_at = now(), completed_at = NULL"
        " WHERE id = (SELECT cart_id FROM orders WHERE status = 'confirmed')",
        "",
        "frozen",
        "open",
    ),
    (
        "invoices",
        "UPDATE orders SET payment_method = 'pay_later' WHERE status = 'confirmed'",
        "{paid}",
        " / t",
        "a company / t",
    ),
    (
        "refunds",
        "INSERT INTO payment_refunds (payment_id, amount, currency, key, actor)"
        " SELECT payment_id, 70.21, 'EUR', 'reserved', 'ann' FROM payment_entries"
        " WHERE kind = 'refunded' AND amount = 10",
        "{paid}",
        "80.210",
        "80.200",
    ),
    ("parcels", "UPDATE order_items SET quantity_fulfilled = 1 WHERE product_sku = 'CUP'", "{quoted} CUP", "1", "2"),
    (
        "pieces_given_back",
        "UPDATE payment_refunds SET lines = jsonb_set(lines, '{0,unsent}', '1')",
        "{quoted} CUP",
        "2 sent, 1 given back unsent, 0 sent",
        "of 2",
    ),
    (
        "refund_entries",
        "DELETE FROM payment_entries WHERE kind = 'refunded' AND amount = 9.52",
        "{quoted}",
        "0",
        "1",
    ),
    (
        "refunded_returns",
        "UPDATE payment_refunds SET lines = jsonb_set(lines, '{0,amount}', '\"9.51\"')",
        "{quoted} CUP",
        "1 / 9.51",
        "1 / 9.520",
    ),
    (
        "document_numbers",
        "UPDATE documents SET sequence = 3 WHERE number = 'INV-000002';"
        "UPDATE document_counters SET last_number = 3 WHERE kind = 'invoice'",
        "INV-000002",
        "3",
        "2",
    ),
    (
        "document_numbers",
        "UPDATE document_counters SET last_number = 5 WHERE kind = 'credit_note'",
        "credit_note",
        "5",
        "2",
    ),
    (
        "document_amounts",
        "UPDATE documents SET total_amount = total_amount + 1 WHERE number = 'INV-000001'",
        "INV-000001",
        "81.200 / 12.800",
        "80.200 / 12.800",
    ),
    (
        "invoice_credit",
        "DELETE FROM documents WHERE number = 'CN-000001'",
        "INV-000001",
        "0.000",
        "10.000",
    ),
    (
        "invoice_credit",
        "UPDATE documents SET total_amount = total_amount + 1 WHERE number = 'CN-000002'",
        "INV-000002",
        "10.520",
        "9.520",
    ),
    (
        "replaced_invoices",
        "UPDATE documents SET replaces_id = (SELECT id FROM documents WHERE number = 'INV-000001')"
        " WHERE number = 'INV-000002'",
        "INV-000001",
        "10.000 / f / t",
        "80.200 / t / t",
    ),
    (
        "payment_status",
        "UPDATE orders SET payment_status = 'paid' WHERE status = 'confirmed'",
        "{paid}",
        "paid",
        "partially_refunded",
    ),
]
