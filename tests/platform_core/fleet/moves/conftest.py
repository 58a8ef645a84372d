"""Two servers, and shops with something in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from django.utils import timezone
from psycopg import sql

from platform_core.fleet.kept import close_kept_connections
from platform_core.fleet.models import DatabaseServer, TemplateVersion
from platform_core.fleet.template import schema_digest
from platform_core.tenancy.connections import server_settings
from platform_core.tenancy.hooks import shop_hooks
from tests.databases import PREFIX, TEMPLATE, owner
from tests.platform_core.fleet.backups.conftest import MakeFullShop, backups, make_full_shop
from tests.platform_core.fleet.conftest import Fleet, fleet
from tests.second_server import KEY, SecondServer, second_server

__all__ = ["MakeFullShop", "backups", "fleet", "make_full_shop"]

Left = Callable[[], list[str]]
NAMES = {
    "slot": "SELECT slot_name FROM pg_replication_slots WHERE starts_with(slot_name, %s)",
    "subscription": "SELECT subname FROM pg_subscription WHERE starts_with(subname, %s)",
}


def enter(key: str) -> None:
    """A server that takes shops, with the template that is on it, in the platform's books."""
    DatabaseServer.objects.create(key=key, region="elsewhere", capacity=10)
    TemplateVersion.objects.create(
        server_id=key,
        version=shop_hooks.schema_version,
        database_name=TEMPLATE,
        schema_digest=schema_digest(),
        is_current=True,
        built_at=timezone.now(),
    )


@pytest.fixture(scope="session")
def running_second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecondServer]:
    with second_server(tmp_path_factory.mktemp("second")) as server:
        yield server


@pytest.fixture
def second(fleet: Fleet, running_second: SecondServer, settings: Any) -> Iterator[SecondServer]:
    """An open server `second`, empty."""
    settings.DATABASE_SERVERS = {**settings.DATABASE_SERVERS, KEY: running_second.addresses}
    server_settings.cache_clear()  # another file's second server may be another one
    running_second.lay_out_template()
    enter(KEY)
    yield running_second
    close_kept_connections()
    server_settings.cache_clear()
    running_second.start()  # a test may have stopped it
    running_second.clean()
    with owner() as connection:
        for name, pid in connection.execute(
            "SELECT slot_name, active_pid FROM pg_replication_slots WHERE starts_with(slot_name, %s)", (PREFIX,)
        ).fetchall():
            if pid:
                connection.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
            connection.execute("SELECT pg_drop_replication_slot(%s)", (name,))


@pytest.fixture
def left_behind(second: SecondServer) -> Left:
    """The slots, subscriptions and publications that there are on both servers; none once a move has ended."""

    def look() -> list[str]:
        found = []
        for connect in (owner, second.connect):
            with closing(connect()) as connection:
                for kind, statement in NAMES.items():
                    rows = connection.execute(statement, (PREFIX,))  # another worker has its own on the first server
                    found += [f"{kind} {name}" for (name,) in rows]
                names = connection.execute(
                    "SELECT datname FROM pg_database WHERE starts_with(datname, %s) AND datallowconn", (PREFIX,)
                ).fetchall()
            for (database,) in names:
                with closing(connect(database)) as inside:
                    found += [f"publication {name}" for (name,) in inside.execute("SELECT pubname FROM pg_publication")]
        return found

    return look


def run_in(connect: Callable[[str], Any], database: str, statement: str) -> list[Any]:
    with closing(connect(database)) as connection:
        cursor = connection.execute(sql.SQL(statement))  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []
