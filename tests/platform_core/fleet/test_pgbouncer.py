"""PgBouncer's configuration, and a real PgBouncer that runs on it."""

import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command

from bench.bouncer import pgbouncer, program
from platform_core.fleet.errors import UnknownServer
from platform_core.fleet.pgbouncer import PgBouncerLimits, pgbouncer_files
from platform_core.tenancy.connections import server_settings, shop_connection
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.errors import SessionStateRefused
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenancy.postgresql.base import pool
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.models import Category
from tenant_shop.catalog.version import stored_version
from tests.databases import owner

MOST = 3
installed = pytest.mark.skipif(program() is None, reason="PgBouncer is not installed")


@pytest.fixture
def bouncer(platform: object, settings: Any) -> Iterator[str]:
    """Requests to shops go through a PgBouncer that opens at most three connections; its address."""
    pool().forget("")
    direct = settings.DATABASE_SERVERS["primary"]
    with pgbouncer(server_connections=MOST) as address:
        settings.DATABASE_SERVERS = {"primary": {**direct, "app": address}}
        settings.DATABASE_BEHIND_PGBOUNCER = True
        server_settings.cache_clear()
        yield address
        pool().forget("")
    server_settings.cache_clear()


def ask(shop: TenantInfo, question: str) -> tuple[object, ...]:
    with tenant_context(shop), shop_connection().cursor() as cursor:
        cursor.execute(question)
        row: tuple[object, ...] = cursor.fetchone()
        return row


@installed
def test_the_app_reaches_each_shop_as_its_own_role_and_no_other_shops_rows(
    bouncer: str, make_shop: Callable[..., TenantInfo]
) -> None:
    shops = [make_shop("acme"), make_shop("globex")]  # made after PgBouncer started
    for shop in shops:
        with tenant_context(shop):
            Category.objects.create(name=f"{shop.slug}'s", slug="same")
    for shop in shops:
        assert ask(shop, "SELECT current_database(), session_user") == (shop.database_name, "smartseller_app")
        with tenant_context(shop):
            assert list(Category.objects.values_list("name", flat=True)) == [f"{shop.slug}'s"]


@installed
def test_all_shops_together_stay_below_the_cap(bouncer: str, make_shop: Callable[..., TenantInfo]) -> None:
    shops = [make_shop(f"shop-{number}") for number in range(MOST + 2)]
    for _ in range(2):
        for shop in shops:
            with tenant_context(shop):
                assert Category.objects.count() == 0
    with owner() as connection:
        names = [shop.database_name for shop in shops]
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = ANY(%s) AND usename = 'smartseller_app'", (names,)
        ).fetchone()
    assert found is not None
    assert 0 < found[0] <= MOST


@installed
@pytest.mark.parametrize(
    "statement",
    [
        "SET statement_timeout = '7s'",
        "SELECT set_config('statement_timeout', '7s', false)",
        "PREPARE mine AS SELECT 1",
        "LISTEN everybody",
        "SELECT pg_advisory_lock(1)",
    ],
)
def test_what_would_stay_behind_in_a_shared_session_is_refused(
    bouncer: str, make_shop: Callable[..., TenantInfo], statement: str
) -> None:
    shop = make_shop("acme")
    with pytest.raises(SessionStateRefused):
        ask(shop, statement)
    assert ask(shop, "SHOW statement_timeout") == ("1min",)


@installed
@pytest.mark.parametrize(
    "statement",
    ["SET LOCAL statement_timeout = '7s'", "SELECT set_config('statement_timeout', '7s', true)"],
)
def test_what_is_set_for_a_transaction_ends_with_it(
    bouncer: str, make_shop: Callable[..., TenantInfo], statement: str
) -> None:
    shop = make_shop("acme")
    with tenant_context(shop), shop_transaction(), shop_connection().cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("7s",)
    assert ask(shop, "SHOW statement_timeout") == ("1min",)


@installed
def test_only_the_role_that_serves_requests_is_let_in(bouncer: str, make_shop: Callable[..., TenantInfo]) -> None:
    shop = make_shop("acme")
    for role in ("smartseller_owner", "postgres"):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(bouncer, dbname=shop.database_name, user=role)


def test_the_files_lead_to_the_direct_address_and_know_one_user(settings: Any) -> None:
    settings.DATABASE_SERVERS = {
        "eu1": {
            "app": 'postgresql://shop_app:p"w@bouncer.example:6432/x',
            "owner": "postgresql://shop_owner:secret@db.example:5433/postgres",
        }
    }
    limits = PgBouncerLimits(server_connections=80, per_shop=3, clients=900)
    files = pgbouncer_files("eu1", folder="/etc/eu1", listen="10.0.0.1", port=6433, sockets="", limits=limits)
    lines = files["pgbouncer.ini"].splitlines()

    assert "* = host='db.example' port='5433'" in lines
    assert files["userlist.txt"] == '"shop_app" "p""w"\n'
    assert "secret" not in "".join(files.values())
    for line in (
        "listen_addr = 10.0.0.1",
        "listen_port = 6433",
        "auth_type = scram-sha-256",
        "auth_file = /etc/eu1/userlist.txt",
        "pool_mode = transaction",
        "server_login_retry = 1",
        "max_user_connections = 80",
        "default_pool_size = 3",
        "max_client_conn = 900",
    ):
        assert line in lines


def test_an_unknown_server_is_refused(settings: Any) -> None:
    with pytest.raises(UnknownServer):
        pgbouncer_files("nowhere", folder="/x", listen="", port=1, sockets="", limits=PgBouncerLimits())


def test_the_command_writes_files_that_only_their_owner_reads(tmp_path: Path) -> None:
    call_command("pgbouncer_config", folder=tmp_path / "pgbouncer", verbosity=0)
    written = sorted((tmp_path / "pgbouncer").iterdir())
    assert [path.name for path in written] == ["pgbouncer.ini", "userlist.txt"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in written] == [0o600, 0o600]


def test_a_folder_that_cannot_be_written_to_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match=r"Cannot write to .*file/pgbouncer: Not a directory"):
        call_command("pgbouncer_config", folder=tmp_path / "file" / "pgbouncer")


@installed
def test_what_a_commit_tells_is_heard(
    bouncer: str, make_shop: Callable[..., TenantInfo], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(shop_hooks, "told", heard.append)
    with tenant_context(make_shop("acme")):
        Category.objects.create(name="Mugs", slug="mugs")
        with shop_transaction():
            Category.objects.create(name="Cups", slug="cups")
            Category.objects.update(sort_order=2)
            assert len(heard) == 1
        assert len(heard) == 2
        assert heard[-1] == f"catalogue_version {stored_version()}"
