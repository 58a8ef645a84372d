-- So many products, each with a variant, and so many guests' orders of one line; nothing that triggers would keep besides.
BEGIN;
SET LOCAL session_replication_role = replica;

INSERT INTO categories (id, name, slug) SELECT gen_random_uuid(), 'Shelf ' || n, 'shelf-' || n FROM generate_series(1, 60) AS n;
INSERT INTO brands (id, name, slug) SELECT gen_random_uuid(), 'Brand ' || n, 'brand-' || n FROM generate_series(1, 40) AS n;
CREATE TEMPORARY TABLE shelves ON COMMIT DROP AS SELECT id, row_number() OVER (ORDER BY slug) - 1 AS number FROM categories;
CREATE TEMPORARY TABLE makers ON COMMIT DROP AS SELECT id, row_number() OVER (ORDER BY slug) - 1 AS number FROM brands;

INSERT INTO products (id, name, slug, sku, price, status, category_id, brand_id, created_at)
SELECT lpad(to_hex(n), 32, '0')::UUID, 'Thing ' || md5(n::TEXT), 'thing-' || n, 'SKU-' || n, n % 90 + 10,
       CASE WHEN n % 10 = 0 THEN 'draft' ELSE 'active' END, shelves.id, makers.id, CURRENT_TIMESTAMP - n * INTERVAL '1 minute'
FROM generate_series(1, :products) AS n
JOIN shelves ON shelves.number = n % 60 JOIN makers ON makers.number = n % 40;

INSERT INTO product_variants (id, product_id, sku, inventory_quantity) SELECT gen_random_uuid(), id, sku, 20 FROM products;

INSERT INTO orders (id, order_number, customer_email, status, payment_status, fulfillment_status, currency, subtotal_amount,
                    total_amount, shipping_address, billing_address, created_at, updated_at)
SELECT lpad(to_hex(n), 32, '0')::UUID, (20200000000 + n)::TEXT, 'guest' || n % 90000 || '@example.com',
       ('{pending,confirmed,delivered,delivered,delivered,cancelled}'::TEXT[])[1 + n % 6],
       ('{pending,paid,paid,paid,refunded}'::TEXT[])[1 + n % 5],
       ('{unfulfilled,fulfilled,fulfilled}'::TEXT[])[1 + n % 3], 'EUR', n % 900 + 5, n % 900 + 5,
       '{"country": "DE"}', '{"country": "DE"}', CURRENT_TIMESTAMP - n * INTERVAL '1 minute', CURRENT_TIMESTAMP
FROM generate_series(1, :orders) AS n;

COMMIT;
