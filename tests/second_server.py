"""A second PostgreSQL server of the project's own, beside the one of the run: shops are moved to it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from smartseller.embedded import APP_ROLE, OWNER_ROLE, SUPERUSER, Embedded, postgres
from tests.databases import PREFIX, TEMPLATE

KEY = "second"
# Nobody makes a shop there unless a test builds one.
NO_TEMPLATE = TEMPLATE.removeprefix(PREFIX)


@dataclass(frozen=True)
class SecondServer:
    cluster: Embedded

    @property
    def addresses(self) -> dict[str, str]:
        """The entry of `DATABASE_SERVERS`."""
        return {
            "app": self.cluster.conninfo(APP_ROLE),
            "owner": self.cluster.conninfo(OWNER_ROLE),
            "replication": self.cluster.conninfo(SUPERUSER, "postgres"),
        }

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """An autocommit connection as superuser."""
        return psycopg.connect(self.cluster.conninfo(SUPERUSER, database), autocommit=True)

    def names(self) -> set[str]:
        """The databases of this worker, without prefix."""
        with self.connect() as connection:
            rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (PREFIX,))
            return {row[0].removeprefix(PREFIX) for row in rows}

    def lay_out_template(self) -> None:
        """An empty database in the place of the template: building a true one takes long."""
        if NO_TEMPLATE not in self.names():
            with self.connect() as connection:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(*map(sql.Identifier, (TEMPLATE, OWNER_ROLE)))
                )

    def stop(self) -> None:
        postgres.stop(self.cluster)

    def start(self) -> None:
        postgres.start(self.cluster)

    def clean(self) -> None:
        """Drop what a test left."""
        with self.connect() as connection:
            for name, database in connection.execute(
                "SELECT subname, datname FROM pg_subscription JOIN pg_database d ON d.oid = subdbid"
            ).fetchall():
                with self.connect(database) as inside:
                    for statement in (
                        "ALTER SUBSCRIPTION {} DISABLE",
                        "ALTER SUBSCRIPTION {} SET (slot_name = NONE)",
                        "DROP SUBSCRIPTION {}",
                    ):
                        inside.execute(sql.SQL(statement).format(sql.Identifier(name)))
            for name in self.names() - {NO_TEMPLATE}:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(f"{PREFIX}{name}")))


@contextmanager
def second_server(folder: Path, *, archive: Path | None = None, durable: bool = False) -> Iterator[SecondServer]:
    """Running for as long as the block lasts. A `durable` one may be killed: what was committed is there again."""
    cluster = Embedded(folder, durable=durable, archive=archive)
    folder.mkdir(parents=True, exist_ok=True)
    cluster.run_dir.mkdir(parents=True, exist_ok=True)
    postgres.start(cluster)
    try:
        yield SecondServer(cluster)
    finally:
        postgres.stop(cluster)
        shutil.rmtree(cluster.data_dir, ignore_errors=True)
        shutil.rmtree(cluster.run_dir, ignore_errors=True)
