"""A platform that can make shops: its template in the ledger, its pool of spares empty, nothing queued."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from psycopg import sql

from platform_core.fleet import servers
from platform_core.fleet.catalogue import read_catalogue
from platform_core.fleet.kept import close_kept_connections
from platform_core.fleet.migrate.script import as_json, on_disk
from platform_core.fleet.models import TemplateVersion
from platform_core.fleet.provision import run
from platform_core.fleet.provision.request import ShopRequest
from platform_core.fleet.template import schema_digest
from platform_core.tenancy.hooks import shop_hooks
from tests.databases import PREFIX, TEMPLATE, WorkerDatabases, owner


@dataclass
class Fleet:
    """What the tests ask of the server behind the code's back."""

    databases: WorkerDatabases
    queued_refills: list[None] = field(default_factory=list)

    @staticmethod
    def names() -> set[str]:
        """The databases of this worker without prefix, the platform's and the template left out."""
        with owner() as connection:
            rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (PREFIX,))
            return {row[0].removeprefix(PREFIX) for row in rows} - {"platform", "tenant_template"}

    @staticmethod
    def execute(database: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run a statement as superuser in `database`, named without prefix."""
        with owner(f"{PREFIX}{database}") as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    @staticmethod
    def make_database(name: str, *, template: str = TEMPLATE) -> None:
        """A database that no row speaks of, owned by the owner's role."""
        with owner() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER smartseller_owner").format(
                    sql.Identifier(f"{PREFIX}{name}"), sql.Identifier(template)
                )
            )


@cache
def catalogue_of_the_template() -> dict[str, str]:
    with owner(TEMPLATE) as connection:
        return read_catalogue(connection)


@pytest.fixture
def fleet(platform: WorkerDatabases, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Fleet]:
    settings.FLEET_SPARES = 2
    platform.named_by_slug = True
    found = Fleet(platform)
    monkeypatch.setattr(run, "queue_refill", lambda: found.queued_refills.append(None))
    TemplateVersion.objects.create(
        server_id="primary",
        version=shop_hooks.schema_version,
        database_name=TEMPLATE,
        schema_digest=schema_digest(),
        script=as_json(on_disk()),
        catalogue=catalogue_of_the_template(),
        is_current=True,
        built_at=timezone.now(),
    )
    yield found
    close_kept_connections()
    connections["owner"].close()
    platform.shops.clear()  # to be dropped, not laid aside: no row would speak of them in the next test
    with owner() as connection:  # the suite's fixtures look into the template, which a building has closed
        connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(sql.Identifier(TEMPLATE)))


Ask = Callable[..., ShopRequest]


@pytest.fixture
def ask() -> Ask:
    """A request that nothing is wrong with: `ask("acme", currency="JPY")`."""

    def make(slug: str = "acme", **values: Any) -> ShopRequest:
        return ShopRequest(
            **{
                "slug": slug,
                "name": slug.title(),
                "owner_email": f"owner@{slug}.example",
                "currency": "EUR",
                "timezone": "Europe/Berlin",
                "country": "DE",
                **values,
            }
        )

    return make


@pytest.fixture
def refusing_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the last statement of a process that was killed: whoever is at work refuses the others."""
    monkeypatch.setattr(servers, "TAKE_OVER_SECONDS", 0)
