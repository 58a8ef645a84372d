"""A PostgreSQL server of a test module's own, in place of the one of the run: it may be killed, or its disk be full.

The platform's database is on it and so are the shops, as in an installation with one server. It is durable: what was
committed is there when it starts again. In memory that costs nothing.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from platform_core.fleet.kept import close_kept_connections
from platform_core.tenancy import directory
from platform_core.tenancy.connections import server_settings
from platform_core.tenancy.postgresql.base import pool
from smartseller.embedded import APP_ROLE, OWNER_ROLE, SUPERUSER, Embedded, postgres
from tests import databases, kept_cluster
from tests.databases import PLATFORM, PREFIX, WorkerDatabases


def beside_the_runs(name: str) -> Path:
    """A folder in memory, if the run's own is: nobody else has one of this name."""
    assert settings.EMBEDDED is not None
    of_the_run = settings.EMBEDDED.data_dir
    return of_the_run.with_name(f"{of_the_run.name}-{PREFIX}{name}")


def kill_server(cluster: Embedded) -> None:
    """What the OOM killer does to the postmaster; its sessions notice, and end, when they next wait."""
    with suppress(OSError, ValueError):  # it is not there, or was killed before it wrote its number
        os.kill(int((cluster.postgres_dir / "postmaster.pid").read_text().split("\n", 1)[0]), signal.SIGKILL)


@contextmanager
def in_place_of_the_runs(folder: Path) -> Iterator[WorkerDatabases]:
    """The same platform on a server of its own in `folder`, with a fence, a fleet and fixtures that know no other.

    The run's own must have been prepared: its models are where this one begins.
    """
    cluster = Embedded(folder, durable=True)
    folder.mkdir(parents=True)
    cluster.run_dir.mkdir(parents=True, exist_ok=True)
    try:
        kept_cluster.lay_out(cluster)
        postgres.start(cluster)
        with _addresses_of(cluster):
            databases.clone_models()
            found = WorkerDatabases()
            found.clean()
            yield found
    finally:
        with suppress(Exception):
            postgres.start(cluster)  # what is left of one that was killed ends with the next
        postgres.stop(cluster)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(cluster.run_dir, ignore_errors=True)


@contextmanager
def _addresses_of(cluster: Embedded) -> Iterator[None]:
    """Whatever is asked in this process is asked of `cluster`. Redis stays the run's."""
    host = str(cluster.run_dir)
    aliases = [connections.settings[alias] for alias in ("default", "owner")]
    hosts = [alias["HOST"] for alias in aliases]
    with pytest.MonkeyPatch.context() as patch:
        _let_go()
        owner = cluster.conninfo(OWNER_ROLE, PLATFORM)
        patch.setattr(settings, "EMBEDDED", cluster)
        patch.setattr(settings, "PLATFORM_OWNER_DSN", owner)
        addresses = {
            "app": cluster.conninfo(APP_ROLE, PLATFORM),
            "owner": owner,
            "replication": cluster.conninfo(SUPERUSER, "postgres"),
        }
        patch.setattr(settings, "DATABASE_SERVERS", {"primary": addresses})
        for alias in aliases:
            alias["HOST"] = host
        try:
            yield
        finally:
            _let_go()
            for alias, former in zip(aliases, hosts, strict=True):
                alias["HOST"] = former
    server_settings.cache_clear()


def _let_go() -> None:
    """Nothing that is open leads anywhere but to where it is asked for next."""
    pool().forget("")
    directory.clear()
    connections.close_all()
    close_kept_connections()
    server_settings.cache_clear()
    for name in list(databases.kept_connections):
        with suppress(psycopg.Error):
            databases.kept_connections.pop(name).close()
