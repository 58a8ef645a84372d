-- 10,000 products in 40 categories, by 30 brands: 2 tags, 3 specifications and 4 variants (2 colours in 2 sizes) each.
BEGIN;

INSERT INTO categories (id, name, slug, parent_id)
SELECT gen_random_uuid(), 'Department ' || n, 'department-' || n, NULL FROM generate_series(1, 8) AS n;

INSERT INTO categories (id, name, slug, parent_id)
SELECT gen_random_uuid(), 'Category ' || n, 'category-' || n,
       (SELECT id FROM categories WHERE slug = 'department-' || (n % 8 + 1))
FROM generate_series(1, 32) AS n;

INSERT INTO brands (id, name, slug)
SELECT gen_random_uuid(), 'Brand ' || n, 'brand-' || n FROM generate_series(1, 30) AS n;

INSERT INTO products (id, name, slug, sku, short_description, description, category_id, brand_id, price,
                      compare_at_price, status, tags, specifications, created_at, published_at)
SELECT gen_random_uuid(), 'Product ' || n, 'product-' || n, 'SKU-' || n, 'A line about the product.',
       repeat('A line about the product. ', 8),
       (SELECT id FROM categories WHERE slug = 'category-' || (n % 32 + 1)),
       (SELECT id FROM brands WHERE slug = 'brand-' || (n % 30 + 1)),
       (n % 90 + 10) + 0.99,
       CASE WHEN n % 6 = 0 THEN (n % 90 + 20) + 0.99 END,
       'active',
       ARRAY['tag-' || n % 12, 'season-' || n % 5],
       jsonb_build_object('Material', 'Material ' || n % 14, 'Care', 'Care ' || n % 5, 'Origin', 'Origin ' || n % 9),
       CURRENT_TIMESTAMP - n * INTERVAL '1 hour',
       CURRENT_TIMESTAMP - n * INTERVAL '1 hour'
FROM generate_series(1, 10000) AS n;

INSERT INTO product_variants (id, product_id, sku, options, position)
SELECT gen_random_uuid(), product.id, product.sku || '-' || colour || '-' || size,
       jsonb_build_object('Colour', 'Colour ' || (product.n + colour) % 10,
                          'Size', (ARRAY['S', 'M', 'L', 'XL'])[(product.n + size) % 4 + 1]),
       (product.n + size) % 4
FROM (SELECT id, sku, substr(sku, 5)::INTEGER AS n FROM products) AS product
CROSS JOIN generate_series(1, 2) AS colour
CROSS JOIN generate_series(1, 2) AS size;

-- Every seventh variant is sold out.
INSERT INTO stock_movements (id, variant_id, delta, reason)
SELECT gen_random_uuid(), id, 1000, 'initial'
FROM (SELECT id, row_number() OVER (ORDER BY sku) AS n FROM product_variants) AS numbered WHERE n % 7 > 0;

INSERT INTO product_images (id, product_id, url, alt_text, sort_order, width, height)
SELECT gen_random_uuid(), products.id, '/media/' || products.slug || '-' || n || '.webp', products.name, n, 800, 800
FROM products CROSS JOIN generate_series(1, 2) AS n;

COMMIT;

UPDATE settings SET value = '"EUR"' WHERE key = 'currency';
UPDATE settings SET value = '"Ten Thousand Things"' WHERE key = 'store_name';
