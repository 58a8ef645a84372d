"""Importing an order history, against a raw COPY of the rows that it makes into the same tables."""

import io
import lzma
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.apps import apps

from bench import cluster
from bench.cluster import Shop
from bench.measure import Figure, milliseconds, ratio_of, take_turns
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from tenant_shop.imports.order_history.import_orders import import_orders

ROWS = 200_000
LINES = 20
PRODUCTS, CUSTOMERS = 3_500, 2_700
# Each round fills two shops.
MOST_ROUNDS = 7
# In the order of their keys.
TABLES = (
    "products", "product_variants", "customers", "orders", "order_items", "order_status_history", "payments",
    "payment_entries", "credit_notes", "credit_note_lines",
)  # fmt: skip
# Kept by triggers, which refuse them from anybody else.
KEPT = {"products": {"variants", "inventory_quantity"}, "customers": {"total_orders", "total_spent"}}


def measure(shops: list[Shop], rounds: int) -> list[Figure]:
    """A turn is 200,000 rows in 10,000 orders and cancellations: the file into an empty shop, or what came of it into
    another one, table by table in one transaction with every key, check and trigger.
    """
    with TemporaryDirectory(prefix="smartseller-bench-") as folder:
        path = Path(folder) / "history.csv.xz"
        _write(path)
        _import("bench-history-model", path)
        rows = _rows("bench-history-model")
        found = take_turns(
            {
                "import": lambda number: _import(f"bench-history-{number}", path),
                "copy": lambda number: _copy(f"bench-history-copy-{number}", rows),
            },
            min(rounds, MOST_ROUNDS),
        )
    ratio, low, high = ratio_of(found["import"], found["copy"])
    return [
        Figure(
            name="order history of 200,000 rows (time)",
            measured=milliseconds(found["import"]),
            baseline=milliseconds(found["copy"]),
            ratio=ratio,
            low=low,
            high=high,
            goal="≤ 4",
            rounds=len(found["copy"]),
            limits="the processor: reading and judging each row in Python",
        )
    ]


def _write(path: Path) -> None:
    draw = random.Random(4)
    began = datetime(2020, 1, 1, 8, tzinfo=UTC)
    with lzma.open(path, "wt") as file:
        file.write("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n")
        for number in range(ROWS // LINES):
            is_cancellation = number % 40 == 39
            head = f"{'C' if is_cancellation else ''}{500_000 + number}"
            at = began + timedelta(minutes=17 * number)
            customer = "" if number % 4 == 0 else f"{10_000 + draw.randrange(CUSTOMERS)}.0"
            for code in draw.sample(range(PRODUCTS), LINES):
                quantity = draw.randint(1, 48) * (-1 if is_cancellation else 1)
                file.write(
                    f"{head},{20_000 + code},ARTICLE NUMBER {code},{quantity},{at:%Y-%m-%d %H:%M:%S},"
                    f"{draw.randint(10, 2_000) / 100},{customer},United Kingdom\n"
                )


def _import(slug: str, path: Path) -> float:
    _empty(slug)
    cluster.settle()
    with tenant_context(directory.by_slug(slug)):
        began = time.perf_counter()
        report = import_orders(path, rejects_path=path.with_name("rejects.csv"))
        took = time.perf_counter() - began
    assert report.orders + report.credit_notes == ROWS // LINES, report.as_json()
    return took


def _rows(slug: str) -> dict[str, tuple[str, bytes]]:
    """(columns, rows as COPY writes them) of every table that an import fills."""
    found = {}
    with cluster.superuser(_database(slug)) as connection:
        for table in TABLES:
            columns = ", ".join(
                name
                for (name,) in connection.execute(
                    "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table]
                )
                if name not in KEPT.get(table, set())
            )
            text = io.BytesIO()
            with connection.cursor().copy(f"COPY {table} ({columns}) TO STDOUT") as copy:  # type: ignore[arg-type]
                for part in copy:
                    text.write(part)
            found[table] = (columns, text.getvalue())
    return found


def _copy(slug: str, rows: dict[str, tuple[str, bytes]]) -> float:
    _empty(slug)
    cluster.settle()
    with cluster.superuser(_database(slug)) as connection:
        began = time.perf_counter()
        with connection.transaction(), connection.cursor() as cursor:
            for table, (columns, text) in rows.items():
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:  # type: ignore[arg-type]
                    copy.write(text)
        return time.perf_counter() - began


def _empty(slug: str) -> None:
    if not apps.get_model("platform_core", "Tenant").objects.filter(slug=slug).exists():
        cluster.make_shop(slug, model=cluster.EMPTY_SHOP)


def _database(slug: str) -> str:
    name: str = apps.get_model("platform_core", "Tenant").objects.get(slug=slug).database_name
    return name
