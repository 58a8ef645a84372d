"""One column for many shops by `migrate_shops`, and a run with nothing to do, against the same SQL sent by hand."""

import sys
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.utils import timezone
from psycopg import sql

from bench import under_load
from bench.cluster import EMPTY_SHOP, FILLED_SHOP, Shop, make_shop, settle, superuser
from bench.measure import Figure, milliseconds, ratio_of, take_turns
from bench.runner import Runner
from platform_core.fleet.migrate.choose import MigrationOrder
from platform_core.fleet.migrate.run import Tell, migrate_shops, resume_run, tell_nobody
from platform_core.fleet.migrate.script import SHOP_APP, SHOP_DATABASE_APPS, as_json, on_disk
from platform_core.fleet.migrate.shop import NOTE, NOTE_VERSION
from platform_core.fleet.models import TemplateVersion
from platform_core.fleet.servers import connect_as_owner
from platform_core.fleet.template import schema_digest

OURS, RAW = "migrate_tenants", "the same SQL"
LOOK = "SELECT array_agg(app || '.' || name) FROM django_migrations WHERE app = ANY (%s)"
PACKAGE = "bench_release"
MIGRATION = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "{after}")]
    operations = [migrations.RunSQL("{statement}")]
"""


def measure(shops: int, rounds: int) -> list[Figure]:
    """So many shops, made anew. Each turn adds a column to all of them, by the command or by hand.

    The recording of the SQL is not counted: it is the building of the template, once for any number of shops.
    """
    _drop()
    visited = make_shop("fleet-visited", model=FILLED_SHOP)
    fleet = [visited, *(make_shop(f"fleet-{number:04}", model=EMPTY_SHOP) for number in range(1, shops))]
    before = settings.MIGRATION_MODULES
    try:
        with tempfile.TemporaryDirectory() as folder:
            releases = _Releases(Path(folder))
            runner = Runner()
            with runner.counting():
                column = _column(fleet, releases, runner, rounds)
            _one_refuses(fleet, releases)
            nothing = _nothing(fleet, rounds)
            visits = under_load.measure(visited, partial(_migrate_once, fleet, releases), rounds)
    finally:
        settings.MIGRATION_MODULES = before
        _forget()
    return [column, nothing, *runner.figures(rounds), visits]


class _Releases:
    """A release for each turn: one migration more, and its SQL as a template's building would have recorded it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / PACKAGE
        self.folder.mkdir()
        (self.folder / "__init__.py").write_text(
            "import tenant_shop.migrations\n__path__ = [*tenant_shop.migrations.__path__, *__path__]\n"
        )
        sys.path.insert(0, str(folder))
        settings.MIGRATION_MODULES = {SHOP_APP: PACKAGE}
        self.released = 0
        self.newest = max(migration.name for migration in on_disk() if migration.app == SHOP_APP)

    def release(self) -> tuple[str, str]:
        """The migration's name and its statement."""
        number, self.released = self.released, self.released + 1
        name = f"{9001 + number}_bench"
        statement = f"ALTER TABLE products ADD COLUMN bench_{number} text"
        (self.folder / f"{name}.py").write_text(MIGRATION.format(after=self.newest, statement=statement))
        self.newest = name
        statements = {f"{9001 + earlier}_bench": f"ALTER TABLE products ADD COLUMN bench_{earlier} text"
                      for earlier in range(number + 1)}  # fmt: skip
        script = tuple(
            replace(migration, statements=(statements[migration.name],)) if migration.name in statements else migration
            for migration in on_disk()
        )
        TemplateVersion.objects.create(
            server_id="primary",
            version=name,
            database_name=PACKAGE,
            schema_digest=schema_digest(),
            script=as_json(script),
            built_at=timezone.now(),
        )
        return name, statement


def _column(fleet: list[Shop], releases: _Releases, runner: Runner, rounds: int) -> Figure:
    def by_command(number: int) -> float:
        releases.release()
        return _run(fleet, "succeeded", tell=runner.tell)

    def by_hand(number: int) -> float:
        name, statement = releases.release()
        began = time.perf_counter()
        for shop in fleet:
            with closing(connect_as_owner("primary", shop.database)) as connection, connection.transaction():
                connection.execute(statement.encode())
                connection.execute(NOTE, (SHOP_APP, name))
                connection.execute(NOTE_VERSION, (name[:4], f"{SHOP_APP}.{name}"))
        return time.perf_counter() - began

    settle()
    found = take_turns({OURS: by_command, RAW: by_hand}, rounds)
    _run(fleet, "current")  # what was done by hand is told to the platform
    return _figure(f"one column for {len(fleet)} shops (time)", found, "≤ 1.5", rounds)


def _one_refuses(fleet: list[Shop], releases: _Releases) -> None:
    """Not measured, only seen to hold with so many: the shop in the middle refuses its migration, all others get it,
    it is as it was, and the run is finished once it is mended. Errors: RuntimeError when anything is otherwise."""
    bad = fleet[len(fleet) // 2]
    _, statement = releases.release()
    column = statement.rsplit(" ", 2)[1]
    with closing(connect_as_owner("primary", bad.database)) as connection:
        connection.execute(statement.encode())  # what the migration adds is there, and it fails
        before = connection.execute(LOOK, (list(SHOP_DATABASE_APPS),)).fetchone()
        report = migrate_shops(MigrationOrder(slugs=tuple(shop.slug for shop in fleet)), tell=tell_nobody)
        refused = [failure["shop"] for failure in report.failures]
        if report.counts != {"quarantined": 1, "succeeded": len(fleet) - 1} or refused != [bad.slug]:
            raise RuntimeError(f"one shop was to refuse: {report}")
        if connection.execute(LOOK, (list(SHOP_DATABASE_APPS),)).fetchone() != before:
            raise RuntimeError("the shop that refused is not as it was")
        connection.execute(f"ALTER TABLE products DROP COLUMN {column}".encode())
    report = resume_run("last")
    if report.counts != {"succeeded": len(fleet)}:
        raise RuntimeError(f"the run was not finished: {report}")


def _migrate_once(fleet: list[Shop], releases: _Releases) -> None:
    releases.release()
    _run(fleet, "succeeded")


def _nothing(shops: list[Shop], rounds: int) -> Figure:
    def by_hand(number: int) -> float:
        began = time.perf_counter()
        for shop in shops:
            with closing(connect_as_owner("primary", shop.database)) as connection:
                connection.execute(LOOK, (list(SHOP_DATABASE_APPS),)).fetchone()
        return time.perf_counter() - began

    settle()
    found = take_turns({OURS: lambda number: _run(shops, "current"), RAW: by_hand}, rounds)
    return _figure(f"nothing to do in {len(shops)} shops (time)", found, "≤ 3", rounds)


def _run(shops: list[Shop], expected: str, *, tell: Tell = tell_nobody) -> float:
    began = time.perf_counter()
    report = migrate_shops(MigrationOrder(slugs=tuple(shop.slug for shop in shops)), tell=tell)
    seconds = time.perf_counter() - began
    if report.counts != {expected: len(shops)}:
        raise RuntimeError(f"the run ended otherwise: {report}")
    return seconds


def _figure(name: str, found: dict[str, list[float]], goal: str, rounds: int) -> Figure:
    ratio, low, high = ratio_of(found[OURS], found[RAW])
    return Figure(
        name=name,
        measured=milliseconds(found[OURS]),
        baseline=milliseconds(found[RAW]),
        ratio=ratio,
        low=low,
        high=high,
        goal=goal,
        rounds=rounds,
    )


def _drop() -> None:
    """What an earlier measurement left on a kept cluster. Each database costs a checkpoint, so that nobody waits for it
    whose cluster ends with the measurement."""
    _forget()
    with superuser() as connection:
        ours = (f"{settings.DATABASE_PREFIX}fleet_",)
        left = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", ours).fetchall()
        for (database,) in left:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def _forget() -> None:
    """The platform knows nothing of it any more: other measurements visit every shop that there is."""
    apps.get_model("platform_core", "Tenant").objects.filter(slug__startswith="fleet-").delete()
    TemplateVersion.objects.filter(database_name=PACKAGE).delete()
