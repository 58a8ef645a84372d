"""The rows that the specification inserts are the rows that the migrations insert."""

import pytest
from psycopg import sql

from tests.architecture.built import specified_database
from tests.databases import PLATFORM, owner

pytestmark = pytest.mark.usefixtures("worker_databases")

PLAN_COLUMNS = [
    "name", "display_name", "description", "max_products", "max_orders_per_month", "max_customers", "max_staff_users",
    "max_file_storage_gb", "max_api_calls_per_hour", "monthly_price", "annual_price", "setup_fee", "features",
    "is_active", "is_public",
]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "columns", "count"),
    [("tenant_plans", PLAN_COLUMNS, 3), ("schema_versions", ["version", "description"], 1)],
)
def test_the_platform_starts_with_the_specified_rows(table: str, columns: list[str], count: int) -> None:
    query = sql.SQL("SELECT {} FROM {} ORDER BY 1").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(table)
    )
    with specified_database("platform") as specified, owner(PLATFORM) as built:
        rows = built.execute(query).fetchall()

        assert rows == specified.execute(query).fetchall()
        assert len(rows) == count
