"""What a run would do: every chosen shop looked at, nothing changed."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

import psycopg

from platform_core.fleet.migrate import ledger
from platform_core.fleet.migrate.choose import MigrationOrder, chosen
from platform_core.fleet.migrate.crew import Crew, TellCount, tell_nobody
from platform_core.fleet.migrate.script import MigrationScript, Script, newest_of, on_disk
from platform_core.fleet.migrate.shop import Shop, applied_in, connect, first_line, pending_of
from platform_core.fleet.template import schema_digest
from smartseller.errors import SmartSellerError


@dataclass(frozen=True, kw_only=True)
class PlannedMigration:
    """A migration as a plan names it. `atomic`: it is one transaction together with its neighbours."""

    name: str
    needs_python: bool
    atomic: bool


@dataclass(frozen=True, kw_only=True)
class PlannedGroup:
    """Shops that are at one version and lack the same migrations."""

    version: str
    migrations: list[PlannedMigration]
    shops: list[str]


@dataclass(frozen=True, kw_only=True)
class MigrationPlan:
    """What a run would do: `current` shops need nothing, `problems` says why shops could not be migrated."""

    target: str
    current: int
    groups: list[PlannedGroup]
    problems: dict[str, str]
    left_out: list[str]


@dataclass(frozen=True, kw_only=True)
class _Look:
    shop: Shop
    version: str = ""
    pending: Script = ()
    problem: str = ""


def plan_migration(order: MigrationOrder, *, tell: TellCount = tell_nobody) -> MigrationPlan:
    """Look at the chosen shops. Errors: UnknownShops."""
    script = on_disk()
    waves, left_out = chosen(order, quarantined=ledger.in_quarantine(schema_digest()))

    def look(shop: Shop, attempt: int) -> _Look:
        try:
            with closing(connect(shop, lock_timeout=order.lock_timeout)) as connection:
                applied = applied_in(connection, shop)
            return _Look(shop=shop, version=newest_of(applied), pending=pending_of(script, applied))
        except (SmartSellerError, psycopg.Error) as error:
            return _Look(shop=shop, problem=first_line(error))

    shops = [shop for wave in waves for shop in wave]
    looks: list[_Look] = []
    for batch in Crew(shops, look, parallel=order.parallel, pause=order.pause).results(every=0.5):
        tell(len(batch), len(shops))
        looks += batch
    return MigrationPlan(
        target=newest_of(migration.key for migration in script),
        current=sum(not look.pending and not look.problem for look in looks),
        groups=_groups(looks),
        problems={look.shop.slug: look.problem for look in looks if look.problem},
        left_out=left_out,
    )


def _groups(looks: Sequence[_Look]) -> list[PlannedGroup]:
    by_pending: dict[tuple[str, Script], list[str]] = {}
    for look in looks:
        if look.pending:
            by_pending.setdefault((look.version, look.pending), []).append(look.shop.slug)
    return [
        PlannedGroup(version=version, migrations=[_planned(migration) for migration in pending], shops=sorted(shops))
        for (version, pending), shops in sorted(by_pending.items(), key=lambda item: item[0][0])
    ]


def _planned(migration: MigrationScript) -> PlannedMigration:
    return PlannedMigration(name=migration.key, needs_python=migration.needs_python, atomic=migration.atomic)
