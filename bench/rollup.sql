-- Two months of a small shop: 120 customers, 300 orders of two lines each, paid; every thirtieth is given back in part.
BEGIN;

-- Figures are made of the orders in the shop's own currency.
INSERT INTO settings (key, value) VALUES ('currency', '"EUR"') ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value;

INSERT INTO customers (id, email, password_hash)
SELECT gen_random_uuid(), 'buyer-' || n || '@example.com', '!' FROM generate_series(1, 120) AS n;

INSERT INTO orders (id, order_number, customer_id, customer_email, currency, subtotal_amount, total_amount, status,
                    payment_status, shipping_address, billing_address, shipping_method, payment_method, payment_gateway,
                    metadata, created_at, updated_at)
SELECT gen_random_uuid(), 'ROLLUP-' || n, c.id, c.email, 'EUR', 30 + n % 50, 30 + n % 50, 'delivered', 'paid',
       '{"country": "DE"}', '{"country": "DE"}', 'Standard delivery', 'bank_transfer', 'manual', '{}', at, at
FROM generate_series(1, 300) AS n
CROSS JOIN LATERAL (SELECT CURRENT_TIMESTAMP - n * INTERVAL '290 minutes' AS at) AS moment
JOIN customers c ON c.email = 'buyer-' || (n * 7 % 120 + 1) || '@example.com';

INSERT INTO order_items (order_id, product_id, variant_id, position, product_name, product_sku, quantity, unit_price,
                         total_price)
SELECT o.id, v.product_id, v.id, line, v.sku, v.sku, 1, o.total_amount / 2, o.total_amount / 2
FROM orders o CROSS JOIN generate_series(1, 2) AS line
JOIN product_variants v ON v.sku = 'SKU-' || (substr(o.order_number, 8)::int * line % 240 + 1);

INSERT INTO payments (id, order_id, gateway, method, amount, currency)
SELECT gen_random_uuid(), id, 'manual', 'bank_transfer', total_amount, 'EUR' FROM orders;

INSERT INTO payment_entries (id, payment_id, kind, amount, currency, gateway, created_at)
SELECT gen_random_uuid(), p.id, 'captured', p.amount, 'EUR', 'manual', o.created_at
FROM payments p JOIN orders o ON o.id = p.order_id;

INSERT INTO payment_entries (id, payment_id, kind, amount, currency, gateway, created_at)
SELECT gen_random_uuid(), p.id, 'refunded', 5, 'EUR', 'manual', o.created_at + INTERVAL '3 hours'
FROM payments p JOIN orders o ON o.id = p.order_id WHERE substr(o.order_number, 8)::int % 30 = 0;

COMMIT;
