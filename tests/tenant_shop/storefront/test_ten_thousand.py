"""A shop of 10,000 products asks its database as little as a small one, and its lists are read by index."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.browse import PAGE_SIZE, Sort, product_list
from tenant_shop.catalog.search.find import search
from tests.databases import owner
from tests.shopper import Shopper

# The shop that the benchmark measures: 10,000 products, 40,000 variants, 20,000 pictures.
FILL = (Path(settings.BASE_DIR) / "bench" / "listing.sql").read_text()
MOST = 8
LARGE = {"products", "product_listing", "product_images", "product_variants"}
# So many have a word that is neither rare nor everywhere.
TEAPOTS = 909

pytestmark = pytest.mark.slow


@pytest.fixture
def ten_thousand(selling: Any) -> None:
    with owner(selling.database_name) as connection:
        connection.execute(FILL)
        connection.execute("UPDATE products SET tags = tags || ARRAY['teapot'] WHERE substr(sku, 5)::INTEGER % 11 = 0")
        connection.execute("VACUUM ANALYZE")


@pytest.mark.usefixtures("ten_thousand")
@pytest.mark.parametrize(
    "path",
    ["/products/", "/products/?page=200&sort=price", "/products/?opt.Size=M&price=20-60", "/products/product-5000/"],
)
def test_a_page_takes_at_most_eight_statements(shopper: Shopper, count_statements: Any, path: str) -> None:
    with count_statements() as statements:
        page = shopper.get(path)

    assert page.status_code == 200
    assert 0 < statements.count <= MOST, [sql[:80] for sql in statements.sql]
    if path == "/products/":
        assert page.context["page"].paginator.count == 10_000
        assert len(page.context["page"].object_list) == PAGE_SIZE
        assert page.context["facets"]


@pytest.mark.usefixtures("ten_thousand")
def test_lists_are_read_by_index_in_every_order() -> None:
    for sort in Sort:
        nodes = [node for plan in plans_of_rows(sort) for node in within(plan)]

        scans = [(node["Node Type"], node["Relation Name"]) for node in nodes if node.get("Relation Name") in LARGE]
        assert scans, sort
        assert [scan for scan in scans if scan[0] == "Seq Scan"] == [], sort
        # So that a page of 24 does not sort ten thousand.
        assert max(node["Actual Rows"] for node in nodes) <= 2 * PAGE_SIZE, sort


@pytest.mark.usefixtures("ten_thousand")
def test_a_search_reads_no_more_rows_than_it_ranks_or_the_word_has() -> None:
    read = {}
    for text in ("product", "teapot", "sku-4999"):
        with shop_transaction():
            found = len(search(text).ids)
            read[text] = (found, rows_read("product_search"))

    assert read["product"] == (500, 500), "in every product: the newest are read, until there are enough"
    assert read["teapot"] == (500, TEAPOTS), "in one of eleven: those with the word are read, not all newer than them"
    assert read["sku-4999"][0] == 1
    assert read["sku-4999"][1] < 10


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


def rows_read(table: str) -> int:
    """In this transaction, from the table itself."""
    with shop_connection().cursor() as cursor:
        cursor.execute("SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = %s", [table])
        return int(cursor.fetchone()[0])
