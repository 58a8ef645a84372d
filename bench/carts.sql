-- %(carts)s carts of three lines each, over 240 products, or with %(one_product)s of one line, all of the same product;
-- numbered for pgbench when %(for_pgbench)s.
WITH opened AS (
    INSERT INTO shopping_carts (currency) SELECT 'EUR' FROM generate_series(1, %(carts)s) RETURNING id
), numbered AS (
    SELECT id, row_number() OVER () AS number FROM opened
), listed AS (
    INSERT INTO bench_carts (number, cart_id) SELECT number, id FROM numbered WHERE %(for_pgbench)s
), goods AS (
    SELECT variant.product_id, variant.id AS variant_id, product.price, row_number() OVER (ORDER BY variant.sku) - 1 AS number
    FROM product_variants variant JOIN products product ON product.id = variant.product_id
), filled AS (
    INSERT INTO cart_items (cart_id, product_id, variant_id, quantity, unit_price)
    SELECT numbered.id, goods.product_id, goods.variant_id, 1, goods.price
    FROM numbered CROSS JOIN generate_series(0, CASE WHEN %(one_product)s THEN 0 ELSE 2 END) AS line
    JOIN goods ON goods.number = CASE WHEN %(one_product)s THEN 0 ELSE (numbered.number * 7 + line * 53) %% 240 END
    RETURNING cart_id, unit_price
)
SELECT cart_id, sum(unit_price) FROM filled GROUP BY cart_id
