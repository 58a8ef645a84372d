-- A shop of 240 products in 12 categories, by 8 brands, each with two pictures and one variant of which 1,000,000 are in stock.
BEGIN;

INSERT INTO categories (id, name, slug)
SELECT gen_random_uuid(), 'Category ' || n, 'category-' || n FROM generate_series(1, 12) AS n;

INSERT INTO brands (id, name, slug)
SELECT gen_random_uuid(), 'Brand ' || n, 'brand-' || n FROM generate_series(1, 8) AS n;

INSERT INTO products (id, name, slug, sku, description, category_id, brand_id, price, status, created_at)
SELECT gen_random_uuid(), 'Product ' || n, 'product-' || n, 'SKU-' || n, repeat('A line about the product. ', 8),
       (SELECT id FROM categories WHERE slug = 'category-' || (n % 12 + 1)),
       (SELECT id FROM brands WHERE slug = 'brand-' || (n % 8 + 1)),
       (n % 90 + 10) + 0.99, 'active', CURRENT_TIMESTAMP - n * INTERVAL '1 hour'
FROM generate_series(1, 240) AS n;

INSERT INTO product_variants (id, product_id, sku)
SELECT gen_random_uuid(), id, sku FROM products;

INSERT INTO stock_movements (id, variant_id, delta, reason)
SELECT gen_random_uuid(), id, 1000000, 'initial' FROM product_variants;

INSERT INTO product_images (id, product_id, url, alt_text, sort_order)
SELECT gen_random_uuid(), products.id, '/media/' || products.slug || '-' || n || '.webp', products.name, n
FROM products CROSS JOIN generate_series(1, 2) AS n;

COMMIT;
