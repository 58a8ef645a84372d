"""The nightly rollup of many shops, against a loop of the same statements over the same databases in plain psycopg."""

import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.utils import timezone

from bench import cluster
from bench.cluster import Shop
from bench.measure import Figure, milliseconds, ratio_of, take_turns
from platform_core.metrics.models import RollupTurn
from platform_core.metrics.roll_up_due import roll_up_due
from platform_core.metrics.roll_up_shop import roll_up_turn
from platform_core.tenancy import directory
from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import tenant_context
from platform_core.tenancy.postgresql.base import pool
from smartseller.embedded import APP_ROLE

HISTORY = Path(__file__).with_name("rollup.sql")
# What opens a transaction of its own, in which the figures of a span are made.
TURN = "SELECT pg_advisory_xact_lock"


@dataclass(frozen=True, slots=True)
class Statement:
    text: str
    parameters: Any
    in_transaction: bool


def measure(shops: list[Shop], rounds: int) -> list[Figure]:
    """A turn is the midnight of every shop: all that changed in a day, of shops with two months of orders.

    Ours are due times, leases, the fence, Redis for the visitors, what the platform is told, and the statements; the
    baseline is one connection for each shop, and the statements that ours sent to a shop, in the same transactions.
    """
    for shop in shops:
        sell(shop.database)
    _all_due()
    _roll_up()
    statements = _recorded(shops[0])
    found = take_turns(
        {"ours": lambda _: _ours(), "raw": lambda _: _raw(shops, statements)},
        rounds,
    )
    ratio, low, high = ratio_of(found["ours"], found["raw"])
    return [
        Figure(
            name=f"nightly rollup of {len(shops)} shops (time)",
            measured=milliseconds(found["ours"]),
            baseline=milliseconds(found["raw"]),
            ratio=ratio,
            low=low,
            high=high,
            goal="≤ 1.5",
            rounds=len(found["raw"]),
            limits=f"PostgreSQL: {len(statements)} statements a shop, and a first connection to each",
        )
    ]


def sell(database: str) -> None:
    """Two months of orders in this database, unless they are there."""
    with cluster.superuser(database) as connection:
        if connection.execute("SELECT FROM orders WHERE order_number = 'ROLLUP-1'").fetchone() is None:
            connection.execute(HISTORY.read_text())
            connection.execute("VACUUM ANALYZE")


def _all_due() -> None:
    """It is past every shop's midnight."""
    long_ago = timezone.now() - timedelta(hours=1)
    RollupTurn.objects.update(midnight_at=long_ago, due_at=long_ago, taken_until=None)


def _roll_up() -> int:
    done = 0
    for shop, answer in roll_up_due():
        if isinstance(answer, Exception):
            raise RuntimeError(f"{shop.slug} could not be rolled up") from answer
        done += 1
    return done


def _ours() -> float:
    _all_due()
    pool().forget("")
    cluster.settle()
    began = time.perf_counter()
    _roll_up()
    return time.perf_counter() - began


def _recorded(shop: Shop) -> list[Statement]:
    """What a shop's midnight sends to its database."""
    seen: list[Statement] = []

    def note(execute: Any, sql: str, parameters: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001
        seen.append(Statement(sql, parameters, context["connection"].in_atomic_block))
        return execute(sql, parameters, many, context)

    _all_due()
    with tenant_context(directory.by_id(shop.id)), shop_connection().execute_wrapper(note):
        roll_up_turn(timezone.now())
    return seen


def _raw(shops: list[Shop], statements: list[Statement]) -> float:
    assert settings.EMBEDDED is not None
    cluster.settle()
    began = time.perf_counter()
    for shop in shops:
        with psycopg.connect(settings.EMBEDDED.conninfo(APP_ROLE, shop.database), autocommit=True) as connection:
            _replay(connection, statements)
    return time.perf_counter() - began


def _replay(connection: "psycopg.Connection[Any]", statements: list[Statement]) -> None:
    with ExitStack() as transaction:
        is_open = False
        for statement in statements:
            if is_open and (not statement.in_transaction or statement.text.startswith(TURN)):
                transaction.close()
                is_open = False
            if statement.in_transaction and not is_open:
                transaction.enter_context(connection.transaction())
                is_open = True
            found = connection.execute(statement.text, statement.parameters)  # type: ignore[arg-type]
            if found.description:
                found.fetchall()
