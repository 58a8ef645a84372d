"""What is searched for in long lists, and the last of their pages, is read by index."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import bench.long_lists
from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.backoffice.paging import page_of
from tenant_shop.backoffice.whole_list import BoundedPaginator
from tests.databases import owner
from tests.people import staff_browser

FILL = Path(bench.long_lists.__file__).with_name("long_lists.sql")
# What the triggers would have kept, and customers.
MORE = """
SET session_replication_role = replica;
INSERT INTO product_skus (sku, product_id) SELECT sku, id FROM products;
INSERT INTO customers (id, email, password_hash, first_name, last_name, created_at)
SELECT gen_random_uuid(), 'buyer' || n || '@example.com', 'x', 'Ann' || md5(n::TEXT), 'Buyer',
       CURRENT_TIMESTAMP - n * INTERVAL '1 minute'
FROM generate_series(1, 8000) AS n;
INSERT INTO product_reviews (product_id, customer_id, rating, title, content, status, created_at)
SELECT products.id, customers.id, 4, 'Stars ' || md5(customers.email), 'Said of ' || products.sku,
       CASE WHEN products.sku LIKE '%77' THEN 'pending' ELSE 'approved' END, customers.created_at
FROM (SELECT id, email, created_at, row_number() OVER (ORDER BY email) AS number FROM customers) AS customers
JOIN (SELECT id, sku, row_number() OVER (ORDER BY sku) AS number FROM products) AS products USING (number);
INSERT INTO returns (order_id, status, reason, created_at)
SELECT id, CASE WHEN order_number LIKE '%77' THEN 'requested' ELSE 'refunded' END, 'damaged', created_at
FROM orders WHERE order_number LIKE '%1' OR order_number LIKE '%7';
INSERT INTO quote_requests (id, email, name, currency, status, order_id, created_at)
SELECT id, customer_email, 'Ann ' || md5(order_number), 'EUR',
       CASE WHEN order_number LIKE '%77' THEN 'requested' ELSE 'declined' END,
       id, created_at FROM orders WHERE order_number LIKE '%1' OR order_number LIKE '%7';
INSERT INTO companies (id, name, tax_id, country, status, created_at)
SELECT id, 'Inn ' || md5(email), 'DE' || substr(md5(email), 1, 9), 'DE',
       CASE WHEN email LIKE '%77@%' THEN 'pending' ELSE 'approved' END, created_at FROM customers;
INSERT INTO company_members (company_id, customer_id, role) SELECT id, id, 'admin' FROM customers;
INSERT INTO purchase_requests (company_id, customer_id, cart_id, total, currency, status,
                               decided_at, created_at, expires_at)
SELECT id, id, id, 5, 'EUR', CASE WHEN email LIKE '%777@%' THEN 'pending' ELSE 'expired' END,
       CASE WHEN email LIKE '%777@%' THEN NULL ELSE created_at END, created_at, created_at FROM customers;
UPDATE products SET runs_low = TRUE WHERE sku LIKE '%777';
UPDATE orders SET tags = '{fair}' WHERE order_number LIKE '%777';
"""
LARGE = {
    *("orders", "products", "product_variants", "product_skus", "customers", "product_reviews", "returns"),
    *("quote_requests", "companies", "company_members", "purchase_requests"),
}
LISTS = {
    "product/": ("q=SKU-4321", "q=1679091c5a", "q=thing+1679091c5a", "stock=low", "p=last"),
    "order/": ("q=20200004321", "q=guest4321%40example.com", "q=guest4321+0000", "tag=fair", "p=last"),
    "productreview/": ("q=stars+1679091c5a", "q=buyer4321", "q=SKU-4321", "status__exact=pending", "p=last"),
    "return/": ("q=20200004321", "q=guest4321%40example.com", "status__exact=requested", "p=last"),
    "quoterequest/": ("q=20200004321", "q=guest4321%40example.com", "status__exact=requested", "p=last"),
    "company/": ("q=buyer4321", "q=1679091c5a", "status__exact=pending", "p=last"),
    "purchaserequest/": ("q=buyer4321", "q=1679091c5a", "status__exact=pending", "p=last"),
    "customer/": ("q=buyer4321", "q=1679091c5a+buyer", "p=last"),
}
# Rows of a page, and those that share three letters in a row with what is searched for.
MOST_ROWS = 1_000


@pytest.mark.slow
def test_searches_and_last_pages_read_no_table_from_one_end_to_the_other(shop: TenantInfo) -> None:
    with owner(shop.database_name) as connection:
        connection.execute(FILL.read_text().replace(":products", "8000").replace(":orders", "20000"))
        connection.execute(MORE)
        connection.execute("VACUUM ANALYZE")
    browser = staff_browser(shop)

    for name, queries in LISTS.items():
        for query in queries:
            for sql, nodes in plans(shop, browser, f"/admin/tenant_shop/{name}?{query}"):
                if query == "p=last" and sql.startswith("SELECT COUNT"):
                    continue  # of the whole list the first ten thousand are counted, wherever they are
                scans = {(node["Node Type"], node["Relation Name"]) for node in nodes if "Relation Name" in node}
                assert not {table for kind, table in scans if kind == "Seq Scan"} & LARGE, (name, query, sql)
                if "count(" not in sql.lower():
                    read = max(node["Actual Rows"] for node in nodes)
                    assert read <= MOST_ROWS, (name, query, sql)


def plans(shop: TenantInfo, browser: Client, path: str) -> list[tuple[str, list[Any]]]:
    """The statements by which a list is counted and a page of it read, with how PostgreSQL carries them out."""
    page = browser.get(path)
    assert page.status_code == 200
    cl = page.context["cl"]
    assert cl.result_list, path
    told: list[tuple[str, Any]] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        told.append((sql, params))
        return execute(sql, params, many, context)

    request = page.wsgi_request
    with tenant_context(shop):
        with shop_connection().execute_wrapper(listen):
            counted = BoundedPaginator(cl.queryset, 50).count
            ordering = cl.get_ordering(request, cl.queryset)
            page_of(cl.queryset, ordering, request.GET.get("p", ""), size=50, count=counted)
        found = []
        with shop_connection().cursor() as cursor:
            for sql, params in told:
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
                found.append((sql, within(cursor.fetchone()[0][0]["Plan"])))
    assert len(found) == 2
    return found


def within(plan: Any) -> list[Any]:
    return [plan, *(node for below in plan.get("Plans", []) for node in within(below))]
