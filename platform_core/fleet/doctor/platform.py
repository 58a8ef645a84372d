"""The platform's own database, and what it knows of shops, backups and figures."""

import platform as python
from collections.abc import Iterator
from datetime import timedelta

import django
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from platform_core.billing.cards.refund import failed_refunds
from platform_core.fleet.backups.turns import longest_without_backup
from platform_core.fleet.behind import shops_behind
from platform_core.fleet.doctor.finding import Finding, error, fine, warning
from platform_core.fleet.migrate.ledger import in_quarantine
from platform_core.fleet.models import ProvisioningRun, RunState
from platform_core.fleet.template import schema_digest
from platform_core.metrics.lag import lag
from platform_core.parking.models import ParkingReason
from platform_core.parking.release import parked_by_reason
from platform_core.tenants.models import Tenant
from smartseller.plurals import number_of

NAMED = 5
# Backups are nightly: whoever has none for two nights has a problem.
BACKUP_WITHIN = timedelta(hours=36)


def examine_platform() -> Iterator[Finding]:
    """Versions, migrations, shops behind, runs that failed, backups, figures by day."""
    yield fine("versions", f"Python {python.python_version()}, Django {django.get_version()}")
    executor = MigrationExecutor(connections["owner"])
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    connections["owner"].close()
    if waiting:
        yield error(
            "platform", f"{number_of(len(waiting), 'migration')} of the platform not applied", "manage.py setup"
        )
    else:
        yield fine("platform", "every migration of the platform is applied")
    behind = shops_behind()
    if behind:
        yield error("shops", f"{_named(behind)} behind this release", "manage.py migrate_tenants --all")
    else:
        yield fine("shops", "every shop's database is as this release needs it")
    quarantine = Tenant.objects.filter(pk__in=in_quarantine(schema_digest())).order_by("slug")
    if refused := list(quarantine.values_list("slug", flat=True)):
        yield error(
            "quarantine", f"refused a migration of this release: {_named(refused)}",
            "manage.py fleet_status says why; then manage.py migrate_tenants --tenant S",
        )  # fmt: skip
    failed = list(ProvisioningRun.objects.filter(state=RunState.FAILED).values_list("tenant__slug", flat=True))
    if failed:
        yield warning("provisioning", f"could not be made: {_named(failed)}", "manage.py reconcile --fix")
    without = longest_without_backup(timezone.now())
    if without > BACKUP_WITHIN:
        hours = int(without.total_seconds() // 3600)
        yield error("backups", f"somebody has had no backup for {number_of(hours, 'hour')}", "manage.py backup --all")
    else:
        yield fine("backups", "everybody has a backup that is younger than a day and a half, or is new")
    yield from _parked()
    yield from examine_refunds()
    late = lag(timezone.now()).lagging
    if late:
        yield warning(
            "figures", f"figures by day lag for {_named([shop.slug for shop in late])}", "manage.py rollup_schedule"
        )
    else:
        yield fine("figures", "every shop's figures by day are up to date")


def examine_refunds() -> Iterator[Finding]:
    """Money of credit notes that cards did not take back."""
    if failed := failed_refunds():
        yield warning(
            "refunds", f"a card did not take back the money of {_named(failed)}",
            "manage.py invoices list --open says why; then transfer it, and manage.py invoices given-back N",
        )  # fmt: skip


def _parked() -> Iterator[Finding]:
    found = parked_by_reason()
    if found[ParkingReason.KILLED]:
        yield error("tasks", f"{found[ParkingReason.KILLED]} killed their worker", "manage.py parked_tasks")
    elif found[ParkingReason.FAILED]:
        yield warning("tasks", f"{found[ParkingReason.FAILED]} failed for good", "manage.py parked_tasks")
    else:
        yield fine("tasks", "none is set aside")


def _named(slugs: list[str]) -> str:
    more = len(slugs) - NAMED
    return ", ".join(slugs[:NAMED]) + (f" and {more} more" if more > 0 else "")
