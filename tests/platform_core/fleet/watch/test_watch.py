"""What operators see of all servers: sizes, connections, what runs and who waits."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from platform_core.fleet.models import DatabaseServer
from platform_core.fleet.watch import connections
from platform_core.fleet.watch.connections import shop_connections
from platform_core.fleet.watch.running import top
from platform_core.fleet.watch.sizes import shop_sizes
from platform_core.management.operator import Failed
from tests.databases import owner
from tests.tenant_shop.schema.connections import blocked


@pytest.fixture
def unreachable(platform, settings):
    """A second server that nobody answers at."""
    nowhere = {"app": "host=/nowhere dbname=postgres", "owner": "host=/nowhere dbname=postgres"}
    settings.DATABASE_SERVERS = {**settings.DATABASE_SERVERS, "far": nowhere}
    DatabaseServer.objects.create(key="far", capacity=10)


def answered(*arguments: str) -> tuple[dict, str]:
    out, err = StringIO(), StringIO()
    call_command(*arguments, "--json", stdout=out, stderr=err)
    return json.loads(out.getvalue()), err.getvalue()


def size_of(database: str) -> int:
    with owner() as connection:
        return connection.execute("SELECT pg_database_size(%s)", [database]).fetchone()[0]


def test_shops_are_listed_by_size_with_one_statement_a_server_and_one_of_ours(make_shop, count_statements):
    small, large = make_shop("small"), make_shop("large")
    with owner(large.database_name) as connection:
        connection.execute("CREATE TABLE filling AS SELECT repeat('x', 500) FROM generate_series(1, 20000)")
    with count_statements() as statements:
        found = shop_sizes()
    assert statements.count == 2, "the servers, and the shops"
    assert [(shop.tenant, shop.database, shop.server) for shop in found.shops] == [
        ("large", large.database_name, "primary"),
        ("small", small.database_name, "primary"),
    ]
    assert [shop.bytes for shop in found.shops] == [size_of(large.database_name), size_of(small.database_name)]
    assert found.total_bytes == sum(shop.bytes for shop in found.shops)
    document, said = answered("tenant_sizes", "--limit", "1")
    assert [shop["tenant"] for shop in document["shops"]] == ["large"]
    assert (document["count"], document["total_bytes"]) == (2, found.total_bytes)
    assert said.startswith("2 shops, ")


def test_a_shop_without_its_database_has_no_size_and_hides_nobody(make_shop, platform):
    make_shop("acme")
    make_shop("lost")
    platform.update_tenant("lost", database_name="smartseller_of_nobody")
    make_shop("erased", status="cancelled")
    platform.update_tenant("erased", database_name="smartseller_ended")  # dropped when the shop ended
    assert [(shop.tenant, shop.bytes is None) for shop in shop_sizes().shops] == [("acme", False), ("lost", True)]


def test_a_server_to_which_nobody_is_connected_is_empty_and_not_full(platform, monkeypatch):
    nobody = connections.CONNECTIONS.replace("pid <> pg_backend_pid()", "false")
    monkeypatch.setattr(connections, "CONNECTIONS", nobody)
    found = shop_connections()
    assert found.shops == []
    assert [(server.server, server.total, server.most) for server in found.servers] == [("primary", 0, 300)]


def test_connections_are_counted_by_shop_with_the_oldest_transaction(make_shop):
    acme = make_shop("acme")
    before = sum(shop.total for shop in shop_connections().shops if shop.tenant == "acme")
    with owner(acme.database_name), owner(acme.database_name) as second:
        second.execute("BEGIN")
        second.execute("SELECT 1")
        found = shop_connections()
        second.execute("ROLLBACK")
    [row] = [shop for shop in found.shops if shop.tenant == "acme"]
    assert (row.database, row.total - before, row.active, row.in_transaction) == (acme.database_name, 2, 0, 1)
    assert row.oldest_seconds >= 0
    [server] = found.servers
    assert (server.server, server.most) == ("primary", 300)
    assert server.total == sum(shop.total for shop in found.shops)


def test_who_waits_for_whom_is_said(make_shop):
    acme = make_shop("acme")
    with owner(acme.database_name) as holder, owner(acme.database_name) as waiter:
        pids = (holder.info.backend_pid, waiter.info.backend_pid)
        holder.execute("BEGIN")
        holder.execute("LOCK TABLE products")
        with blocked(waiter, "SELECT count(*) FROM products"):
            found = [each for each in top(20).running if each.tenant == "acme"]
            document, _ = answered("tenant_top", "--limit", "20")
            holder.execute("ROLLBACK")
    by_state = {each.state: each for each in found}
    assert by_state["idle in transaction"].statement == "LOCK TABLE products"
    assert by_state["active"].statement == "SELECT count(*) FROM products"
    assert by_state["active"].blocked_by == [pids[0]]
    assert by_state["active"].waits_for == "Lock: relation"
    assert {each["pid"] for each in document["running"] if each["tenant"] == "acme"} == set(pids)


def test_how_well_memory_serves_a_shop_is_a_share_of_what_it_read(make_shop):
    acme = make_shop("acme")
    with owner(acme.database_name) as connection:
        connection.execute("SELECT count(*) FROM products")
        connection.execute("SELECT pg_stat_force_next_flush()")
    shown = {use.tenant: use for use in top(500).cache}
    assert 0 <= shown["acme"].hit_ratio <= 1
    assert shown["acme"].database == acme.database_name


@pytest.mark.parametrize("command", ["tenant_sizes", "tenant_connections", "tenant_top"])
def test_a_server_that_does_not_answer_hides_no_other_and_is_exit_code_1(make_shop, unreachable, command):
    make_shop("acme")
    out = StringIO()
    with pytest.raises(Failed, match=r"^could not be asked: far: .*nowhere") as failure:
        call_command(command, "--json", stdout=out, stderr=StringIO())
    assert failure.value.returncode == 1
    DatabaseServer.objects.filter(key="far").update(key="unknown")  # known to the platform, and to no environment
    with pytest.raises(Failed, match=r"^could not be asked: unknown: it has no address in the environment"):
        call_command(command, "--json", stdout=StringIO(), stderr=StringIO())
    assert json.loads(out.getvalue()).keys() >= {"tenant_sizes": {"shops"}, "tenant_top": {"cache"}}.get(
        command, {"servers"}
    )


@pytest.mark.parametrize("command", [["tenant_sizes"], ["tenant_connections"], ["tenant_top", "--limit", "10000"]])
def test_people_see_a_table(make_shop, command):
    shop = make_shop("acme")
    with owner(shop.database_name) as connection:
        connection.execute("SELECT 1")
        out = StringIO()
        call_command(*command, stdout=out, stderr=StringIO())
    assert "acme" in out.getvalue()
