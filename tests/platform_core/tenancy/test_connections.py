"""Aliases are resolved, never registered; connections are bounded, sound and proven."""

import dataclasses
import gc
import sys
import threading

import psycopg
import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.db import DatabaseError, OperationalError, connections, transaction

from platform_core.tenancy import attachment
from platform_core.tenancy.connections import owner_alias, shop_connection
from platform_core.tenancy.context import tenant_context
from platform_core.tenancy.errors import ConnectionsExhausted, NoTenant, WrongDatabase, WrongTenant
from platform_core.tenancy.postgresql.base import pool
from platform_core.tenancy.postgresql.connection import ShopConnection
from platform_core.tenancy.postgresql.pool import ConnectionPool
from tenant_shop.catalog.models import Category
from tests.databases import owner

# Its type cache holds on to the last names looked up, and an alias is one (MCACHE_SIZE_EXP is 12).
ATTRIBUTE_NAMES_CPYTHON_KEEPS = 4096


@pytest.fixture(autouse=True)
def nothing_rests():
    """No connection of an earlier test's shop, which these may be given again, is met here."""
    pool().forget("")


def server_connections(prefix: str) -> int:
    with owner() as connection:
        return connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname LIKE %s", (f"{prefix}%",)
        ).fetchone()[0]


def test_visiting_a_shop_registers_nothing(shop):
    Category.objects.count()
    assert set(connections) == {"default", "owner"}
    assert shop.alias not in dict(connections.settings)


def test_leaving_a_shop_leaves_no_wrapper_behind(make_shop):
    shop = make_shop("acme")
    with tenant_context(shop):
        Category.objects.count()
        assert attachment.attached(shop.alias) is shop_connection()
    assert attachment.attached(shop.alias) is None


def test_the_next_visit_meets_the_same_connection_and_wrapper_again(make_shop):
    shop = make_shop("acme")
    seen = []
    for _ in range(3):
        with tenant_context(shop):
            Category.objects.count()
            seen.append((shop_connection(), shop_connection().connection))
    assert seen[1:] == seen[:-1]


@pytest.mark.parametrize(
    "cling",
    [
        lambda wrapper: wrapper.execute_wrappers.append(lambda execute, *rest: execute(*rest)),
        lambda wrapper: wrapper.set_autocommit(False),
        lambda wrapper: setattr(wrapper, "force_debug_cursor", True),
        lambda wrapper: transaction.atomic(using=wrapper.alias).__enter__(),
        lambda wrapper: wrapper.inc_thread_sharing(),
    ],
    ids=["execute-wrapper", "autocommit", "debug", "open-transaction", "thread-sharing"],
)
def test_a_wrapper_that_a_visit_changed_is_not_met_again(make_shop, cling):
    shop = make_shop("acme")
    with tenant_context(shop):
        Category.objects.count()
        changed = shop_connection()
        cling(changed)
    with tenant_context(shop):
        assert Category.objects.count() == 0
        assert shop_connection() is not changed
        assert shop_connection().get_autocommit() is True
    assert pool().use().leased == 0


def test_a_resting_wrapper_belongs_to_no_thread(make_shop):
    shop = make_shop("acme")
    with tenant_context(shop):
        Category.objects.count()
        kept = shop_connection()
    with tenant_context(shop), pytest.raises(DatabaseError, match="thread"):
        kept.cursor()
    assert pool().use().leased == 0


def test_only_aliases_in_use_are_looked_at_when_a_request_starts_and_ends(make_shop):
    shop = make_shop("acme")
    with tenant_context(shop):
        Category.objects.count()
        assert shop_connection() not in connections.all(initialized_only=True)
    connections["default"].ensure_connection()
    assert connections["default"] in connections.all(initialized_only=True)
    assert {wrapper.alias for wrapper in connections.all()} == {"default", "owner"}


def test_the_first_visit_to_a_shop_costs_no_statement_of_its_own(make_shop, count_statements):
    shop = make_shop("acme")
    with tenant_context(shop), count_statements() as statements:
        Category.objects.count()
    assert statements.count == 1, statements.sql


def test_an_alias_cannot_be_pointed_at_a_database(shop):
    with pytest.raises(WrongTenant):
        connections.settings[shop.alias] = {"NAME": "elsewhere"}
    assert Category.objects.count() == 0


def test_an_alias_is_unknown_while_its_shop_is_not_active(make_shop):
    shop = make_shop("acme")
    with pytest.raises(NoTenant):
        connections[shop.alias]
    with pytest.raises(NoTenant):
        shop_connection()


@pytest.mark.parametrize(("databases", "aliases"), [(10, 300), pytest.param(50, 4_000, marks=pytest.mark.slow)])
def test_any_number_of_aliases_leaves_memory_and_connections_bounded(make_shop, databases, aliases):
    shops = [make_shop(f"shop-{number}") for number in range(databases)]

    def visit(epoch):
        for shop in shops:
            with tenant_context(dataclasses.replace(shop, epoch=epoch)):
                assert Category.objects.count() == 0

    def blocks():
        gc.collect()
        return sys.getallocatedblocks()

    rounds = aliases // databases
    for epoch in range(1, 11):
        visit(epoch)
    settled = blocks()
    for epoch in range(11, rounds + 1):
        visit(epoch)
    assert blocks() - settled < 3 * ATTRIBUTE_NAMES_CPYTHON_KEEPS
    assert set(connections) == {"default", "owner"}
    assert server_connections(f"{settings.DATABASE_PREFIX}shop_") <= settings.TENANT_CONNECTIONS_MAX
    assert pool().use().leased == 0


def test_a_connection_that_leads_to_another_database_is_refused(make_shop):
    acme, globex = make_shop("acme"), make_shop("globex")
    misled = dataclasses.replace(acme, database_name=globex.database_name)
    with tenant_context(misled), pytest.raises(WrongDatabase) as refusal:
        Category.objects.count()
    assert refusal.value.slug == "acme"
    assert pool().use().leased == 0


def test_a_database_without_its_sentinel_is_refused(make_shop, platform):
    acme = make_shop("acme")
    with owner(acme.database_name) as connection:
        connection.execute("DELETE FROM tenant_sentinel")
    with tenant_context(acme), pytest.raises(WrongDatabase):
        Category.objects.count()


def test_the_app_role_may_not_run_ddl_or_forge_the_sentinel(shop):
    for statement in ("CREATE TABLE mine (id int)", "DELETE FROM tenant_sentinel", "DROP TABLE products"):
        with pytest.raises(Exception, match=r"permission denied|must be owner"), shop_connection().cursor() as cursor:
            cursor.execute(statement)


def test_an_open_transaction_is_rolled_back_before_the_connection_is_lent_again(make_shop):
    shop = make_shop("acme")
    with tenant_context(shop):
        wrapper = shop_connection()
        wrapper.set_autocommit(False)
        Category.objects.create(name="never committed", slug="never")
    with tenant_context(shop):
        assert Category.objects.count() == 0
        assert shop_connection().get_autocommit() is True


@pytest.mark.parametrize(
    "statement", ["SET statement_timeout = '7s'", "SELECT set_config('statement_timeout', '7s', false)"]
)
def test_session_settings_do_not_meet_the_next_borrower(make_shop, statement):
    shop = make_shop("acme")
    with tenant_context(shop), shop_connection().cursor() as cursor:
        cursor.execute(statement)
        pid = shop_connection().connection.info.backend_pid
    with tenant_context(shop), shop_connection().cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("1min",), "what the role has"
        assert shop_connection().connection.info.backend_pid == pid, "reset, not replaced"


def test_a_visit_that_ends_without_autocommit_loses_nothing_of_the_next_one(make_shop):
    shop = make_shop("acme")
    attached, rested = threading.Event(), threading.Event()

    def leave_a_transaction_open():
        with tenant_context(shop):
            wrapper = shop_connection()  # while the only connection is lent to the first visit
            attached.set()
            rested.wait()
            wrapper.set_autocommit(False)
            Category.objects.create(name="Discarded", slug="discarded")

    thread = threading.Thread(target=leave_a_transaction_open)
    with tenant_context(shop):
        assert Category.objects.count() == 0
        thread.start()
        attached.wait()
    rested.set()
    thread.join()

    with tenant_context(shop):
        Category.objects.create(name="Kept", slug="kept")
    pool().forget("")
    with tenant_context(shop):
        assert list(Category.objects.values_list("slug", flat=True)) == ["kept"]


def test_a_connection_the_server_closed_is_replaced_unnoticed(make_shop):
    shop = make_shop("acme")
    with tenant_context(shop):
        Category.objects.count()
    with owner() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", (shop.database_name,)
        )
    with tenant_context(shop):
        assert Category.objects.count() == 0


def test_a_connection_killed_in_use_fails_once_and_the_next_visit_works(make_shop):
    shop = make_shop("acme")
    with tenant_context(shop):
        Category.objects.count()
        with owner() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s",
                (shop.database_name,),
            )
        with pytest.raises(OperationalError):
            Category.objects.count()
    with tenant_context(shop):
        assert Category.objects.count() == 0
    assert pool().use().leased == 0


@pytest.mark.parametrize(
    "send",
    [lambda: Category.objects.count(), lambda: shop_connection().cursor().executemany("SELECT %s", [[1]])],
    ids=["one", "many"],
)
def test_every_statement_names_its_shop(shop, send):
    send()
    with owner() as connection:
        query = connection.execute(
            "SELECT query FROM pg_stat_activity WHERE datname = %s AND usename = %s",
            (shop.database_name, settings.DATABASE_APP_ROLE),
        ).fetchone()[0]
    assert query.endswith("/* shop:acme */")


def test_a_query_read_in_parts_names_its_shop(shop):
    Category.objects.bulk_create([Category(name=name, slug=name) for name in ("one", "two")])
    rows = Category.objects.iterator(chunk_size=1)
    next(rows)
    with shop_connection().cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_cursors")
        assert "/* shop:acme */" in cursor.fetchone()[0]


class Numbered:
    """Stands in for a database: counts how many connections were opened, by key."""

    def __init__(self, shop):
        self.opened = []
        self.info = {**psycopg.conninfo.conninfo_to_dict(settings.DATABASE_SERVERS["primary"]["app"])}
        self.info["dbname"] = shop.database_name

    def opener(self, key):
        def connect():
            self.opened.append(key)
            return ShopConnection.connect(**self.info, autocommit=True)

        return connect


def test_the_least_recently_used_connection_makes_room(shop):
    source, small = Numbered(shop), ConnectionPool(limit=2, wait=0)
    for key in ("a", "b", "a", "c", "a", "b"):
        small.give_back(key, small.lease(key, source.opener(key)))
    assert source.opened == ["a", "b", "c", "b"]
    assert small.use().idle == 2
    small.forget("")


def test_a_full_pool_says_so_and_recovers(shop):
    source, small = Numbered(shop), ConnectionPool(limit=1, wait=0)
    lent = small.lease("a", source.opener("a"))
    with pytest.raises(ConnectionsExhausted):
        small.lease("b", source.opener("b"))
    small.give_back("a", lent)
    small.give_back("b", small.lease("b", source.opener("b")))
    assert source.opened == ["a", "b"]
    small.forget("")


def test_a_waiting_thread_gets_the_connection_that_comes_free(shop):
    source, small = Numbered(shop), ConnectionPool(limit=1, wait=60)
    lent = small.lease("a", source.opener("a"))
    served = []
    waiter = threading.Thread(target=lambda: served.append(small.lease("a", source.opener("a"))))
    waiter.start()
    small.give_back("a", lent)
    waiter.join()
    assert served == [lent]
    small.give_back("a", lent)
    small.forget("")


def test_a_failed_connect_gives_its_place_back():
    small = ConnectionPool(limit=1, wait=0)

    def fail():
        raise psycopg.OperationalError("no server")

    for _ in range(3):
        with pytest.raises(psycopg.OperationalError):
            small.lease("a", fail)
    assert small.use() == small.use().__class__(leased=0, idle=0, limit=1)


def test_an_owners_alias_lives_as_long_as_its_block(shop):
    with owner_alias("primary", shop.database_name) as alias, connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (settings.DATABASE_OWNER_ROLE,)
    assert alias not in connections.settings


def test_the_checks_hold_the_settings_to_the_fence(settings):
    assert [problem for problem in run_checks() if problem.id.startswith("tenancy.")] == []
    settings.SESSION_COOKIE_DOMAIN = ".smartseller.example"
    settings.DATABASE_ROUTERS = []
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "Tenant" not in name]
    assert {problem.id for problem in run_checks() if problem.id.startswith("tenancy.")} == {
        "tenancy.E001",
        "tenancy.E002",
        "tenancy.E005",
    }
