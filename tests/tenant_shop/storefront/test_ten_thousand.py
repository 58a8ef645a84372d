"""A shop of 10,000 products asks its database as little as a small one, and its lists are read by index."""

from typing import Any

import pytest

from platform_core.tenancy.connections import shop_connection
from tenant_shop.catalog.browse import ORDERS, PAGE_SIZE, Sort, product_list
from tests.databases import owner
from tests.shopper import Shopper

FILL = """
INSERT INTO categories (id, name, slug)
SELECT gen_random_uuid(), 'Category ' || n, 'category-' || n FROM generate_series(1, 9) AS n; -- the ninth stays empty
INSERT INTO brands (id, name, slug)
SELECT gen_random_uuid(), 'Brand ' || n, 'brand-' || n FROM generate_series(1, 30) AS n;
INSERT INTO products (id, name, slug, sku, category_id, brand_id, price, status, tags, specifications, created_at)
SELECT gen_random_uuid(), 'Thing ' || n, 'product-' || n, 'SKU-' || n,
       (SELECT id FROM categories WHERE slug = 'category-' || n % 8 + 1),
       (SELECT id FROM brands WHERE slug = 'brand-' || n % 30 + 1),
       n % 90 + 10, 'active', ARRAY['everyday'], jsonb_build_object('Material', 'Material ' || n % 14),
       CURRENT_TIMESTAMP - n * INTERVAL '1 hour'
FROM generate_series(1, 10000) AS n;
ANALYZE;
INSERT INTO product_variants (id, product_id, sku, options)
SELECT gen_random_uuid(), id, sku, jsonb_build_object('Size', 'Size ' || substr(sku, 5)::INTEGER % 4) FROM products;
INSERT INTO product_images (id, product_id, url)
SELECT gen_random_uuid(), id, '/media/' || slug || '.webp' FROM products;
"""
MOST = 8
LARGE = {"products", "product_listing", "product_images", "product_variants"}
PAGES = (
    "/products/",
    "/products/?page=200&sort=price",
    "/products/?opt.Size=Size+1&price=20-60",
    "/products/product-5000/",
)


@pytest.mark.slow
def test_ten_thousand_products_cost_no_more_statements_and_lists_are_read_by_index(
    selling: Any, shopper: Shopper, count_statements: Any
) -> None:
    with owner(selling.database_name) as connection:
        connection.execute(FILL)
        connection.execute("VACUUM ANALYZE")

    for path in PAGES:
        with count_statements() as statements:
            page = shopper.get(path)
        assert page.status_code == 200
        assert 0 < statements.count <= MOST, [sql[:80] for sql in statements.sql]
    everything = shopper.get("/products/").context
    assert (everything["page"].paginator.count, len(everything["page"].object_list)) == (10_000, PAGE_SIZE)
    assert everything["facets"]

    for sort in ORDERS:
        nodes = [node for plan in plans_of_rows(sort) for node in within(plan)]
        scans = [(node["Node Type"], node["Relation Name"]) for node in nodes if node.get("Relation Name") in LARGE]
        assert scans, sort
        assert [scan for scan in scans if scan[0] == "Seq Scan"] == [], sort
        # A page of 24 does not sort ten thousand.
        assert max(node["Actual Rows"] for node in nodes) <= 2 * PAGE_SIZE, sort


def plans_of_rows(sort: Sort) -> list[Any]:
    """How PostgreSQL carries out the statements that read the products of a list's first page."""
    told: list[tuple[str, Any]] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        told.append((sql, params))
        return execute(sql, params, many, context)

    with shop_connection().execute_wrapper(listen):
        assert len(product_list(sort=sort).page.object_list) == PAGE_SIZE
    plans = []
    with shop_connection().cursor() as cursor:
        for sql, params in told:
            if 'FROM "products"' in sql:
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
                plans.append(cursor.fetchone()[0][0]["Plan"])
    return plans


def within(plan: Any) -> list[Any]:
    return [plan, *(node for below in plan.get("Plans", []) for node in within(below))]
