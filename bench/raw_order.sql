-- What placing an order of three lines writes, by hand, for pgbench; triggers and constraints are the shop's own.
SELECT cart_id, gen_random_uuid() AS order_id, gen_random_uuid() AS payment_id
FROM bench_carts WHERE number = (SELECT nextval('bench_next_cart')) \gset
BEGIN;
SELECT id FROM shopping_carts WHERE id = :cart_id::uuid FOR UPDATE;
INSERT INTO orders (id, order_number, cart_id, customer_email, currency, subtotal_amount, total_amount, shipping_address,
                    billing_address, shipping_method, payment_method, payment_gateway, metadata)
VALUES (:order_id::uuid, :order_id::text, :cart_id::uuid, 'ann@example.com', 'EUR', 100, 100, '{"city": "Berlin"}', '{"city": "Berlin"}',
        'Standard delivery', 'bank_transfer', 'manual', '{}');
INSERT INTO order_status_history (order_id, new_status, updated_by) VALUES (:order_id::uuid, 'pending', 'checkout');
INSERT INTO order_items (order_id, product_id, variant_id, position, product_name, product_sku, quantity, unit_price, total_price)
SELECT :order_id::uuid, item.product_id, item.variant_id, row_number() OVER (), variant.sku, variant.sku, item.quantity,
       item.unit_price, item.unit_price * item.quantity
FROM cart_items item JOIN product_variants variant ON variant.id = item.variant_id WHERE item.cart_id = :cart_id::uuid;
INSERT INTO stock_movements (variant_id, delta, reason, order_id)
SELECT variant_id, -quantity, 'sale', :order_id::uuid FROM cart_items WHERE cart_id = :cart_id::uuid;
INSERT INTO payments (id, order_id, gateway, method, amount, currency)
VALUES (:payment_id::uuid, :order_id::uuid, 'manual', 'bank_transfer', 100, 'EUR');
UPDATE shopping_carts SET completed_at = CURRENT_TIMESTAMP WHERE id = :cart_id::uuid;
UPDATE orders SET order_number = generate_order_number() WHERE id = :order_id::uuid;
INSERT INTO outbox_events (topic, payload) VALUES ('order.created', '{"order": 1}'), ('mail.order_placed', '{"order": 1}');
COMMIT;
