"""A cluster is recovered to a moment from its base backup and its WAL, and one shop is taken out of it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.management import call_command

from platform_core.fleet.backups.models import Backup
from platform_core.fleet.kept import close_kept_connections
from platform_core.fleet.models import DatabaseServer
from platform_core.fleet.moves.move import move_shop
from platform_core.management.operator import Refused
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from smartseller.embedded import EmbeddedServerError
from smartseller.embedded.recover import base_backups, forget_base_backups, recover, stop_recovered, take_base_backup
from tenant_shop.models import Customer
from tests.platform_core.fleet.conftest import Fleet
from tests.platform_core.fleet.moves.conftest import MakeFullShop
from tests.second_server import SecondServer, second_server

pytestmark = pytest.mark.slow


@pytest.fixture
def archived(fleet: Fleet, tmp_path: Path, settings: Any) -> Iterator[SecondServer]:
    """A server `archived` that keeps its WAL."""
    with second_server(tmp_path / "archived", archive=tmp_path / "archive") as server:
        settings.DATABASE_SERVERS = {**settings.DATABASE_SERVERS, "archived": server.addresses}
        DatabaseServer.objects.create(key="archived", capacity=10)
        yield server
        close_kept_connections()


def add_customer(email: str) -> None:
    with tenant_context(directory.by_slug("acme")):
        Customer.objects.create(email=email, first_name="L", last_name="L")


def emails() -> list[str]:
    with tenant_context(directory.by_slug("acme")):
        return sorted(Customer.objects.values_list("email", flat=True))


def now_at(server: SecondServer) -> datetime:
    """A moment between what was committed and what will be."""
    with server.connect() as connection:
        [(moment,)] = connection.execute("SELECT clock_timestamp()").fetchall()
    assert isinstance(moment, datetime)
    return moment


def test_a_shop_is_taken_back_to_a_moment_while_its_neighbours_stay(
    archived: SecondServer, make_full_shop: MakeFullShop, tmp_path: Path
) -> None:
    shop = make_full_shop("acme", customers=1)
    move_shop(shop.id, to="archived")
    cluster = archived.cluster
    assert cluster.archive is not None
    take_base_backup(cluster)
    add_customer("before@acme.example")
    moment = now_at(archived)
    add_customer("mistake@acme.example")
    with archived.connect() as connection:
        connection.execute("SELECT pg_switch_wal()")
        [(name,)] = connection.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchall()
        while connection.execute("SELECT last_archived_wal >= %s FROM pg_stat_archiver", (name,)).fetchone() != (True,):
            connection.execute("SELECT pg_switch_wal()")
    folder = tmp_path / "recovered"
    with pytest.raises(EmbeddedServerError, match=r"No base backup in .* was finished before"):
        recover(cluster.archive, folder, until=moment - timedelta(hours=1), durable=False)
    assert not folder.exists()
    with pytest.raises(EmbeddedServerError, match="No recovered cluster lies in"):
        stop_recovered(cluster.data_dir)
    now_at(archived)  # it lives

    out = io.StringIO()
    call_command(
        "recover_cluster", "--until", moment.astimezone(UTC).isoformat(), "--folder", str(folder),
        "--archive", str(cluster.archive), "--json", stdout=out,
    )  # fmt: skip
    dsn = json.loads(out.getvalue())["dsn"]
    try:
        with pytest.raises(Refused, match="not empty"):
            call_command(
                "recover_cluster", "--until", moment.isoformat(), "--folder", str(folder),
                "--archive", str(cluster.archive),
            )  # fmt: skip
        out = io.StringIO()
        call_command("restore", "--tenant", "acme", "--from-cluster", dsn, "--yes", "--json", stdout=out)
    finally:
        stop_recovered(folder)

    assert json.loads(out.getvalue())["state"] == "succeeded"
    assert emails() == ["before@acme.example", "c0@acme.example"]
    assert directory.by_slug("acme").server == "archived"
    backup = Backup.objects.get()
    assert backup.started_at <= moment
    call_command("restore", "--tenant", "acme", "--undo", "--yes", stdout=io.StringIO())
    assert emails() == ["before@acme.example", "c0@acme.example", "mistake@acme.example"]

    take_base_backup(cluster)
    history = cluster.archive / "wal" / "00000002.history"
    history.write_text("1\t0/3000000\tno recovery target specified\n")
    with (
        mock.patch("smartseller.embedded.recover.shutil.rmtree", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        forget_base_backups(cluster, keep=1)
    assert len(base_backups(cluster.archive)) == 1  # what a killed removal left of one is none
    take_base_backup(cluster)
    assert forget_base_backups(cluster, keep=1) == 1
    assert len(base_backups(cluster.archive)) == 1
    assert len(list((cluster.archive / "base").iterdir())) == 1
    history.unlink()  # it is still there: nothing on its timeline would be found without it
    with pytest.raises(EmbeddedServerError, match="recovery ended before configured recovery target was reached"):
        recover(cluster.archive, tmp_path / "late", until=datetime.now(UTC) + timedelta(days=1), durable=False)
