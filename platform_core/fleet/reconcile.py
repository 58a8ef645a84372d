"""What the platform's database says and what the servers hold, compared; differences reported and, on demand, mended.

Nothing that may hold a merchant's data is ever dropped here: a database goes only when the fleet made it for itself, or
when no shop was ever let into it.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import psycopg
from celery import shared_task
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from platform_core.fleet.allot import allot
from platform_core.fleet.databases import drop_database, drop_database_in_use
from platform_core.fleet.errors import ProvisioningBusy
from platform_core.fleet.findings import Finding, Kind
from platform_core.fleet.models import (
    DatabaseServer,
    ProvisioningRun,
    RunState,
    ServerState,
    SpareDatabase,
    TemplateVersion,
)
from platform_core.fleet.moves.leftovers import remove_leftover
from platform_core.fleet.moves.stuck import stuck_moves
from platform_core.fleet.provision.run import run_provisioning
from platform_core.fleet.restores.kept import drop_kept
from platform_core.fleet.restores.load import scratch_work
from platform_core.fleet.restores.stuck import stuck_backups, stuck_restores
from platform_core.fleet.servers import only_one, owner_connection
from platform_core.fleet.survey import survey_server
from platform_core.fleet.template import WORK as TEMPLATE_WORK
from platform_core.fleet.template import Say, ensure_template, silent
from platform_core.tenants.models import Tenant, TenantStatus

# A run whose heart was silent for so long is looked at; one that is alive holds its lock and is left alone.
STUCK_AFTER = timedelta(minutes=2)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """What was found, and of that what is mended now."""

    findings: list[Finding]

    @property
    def is_clean(self) -> bool:
        """Whether nothing is left to do."""
        return all(finding.fixed for finding in self.findings)


def reconcile(*, fix: bool = False, stuck_after: timedelta = STUCK_AFTER, say: Say = silent) -> Reconciliation:
    """Look at every run and every server; with `fix`, resume runs, drop orphans that are provably ours, tidy rows.

    A server that does not answer is a finding, and the others are looked at all the same. `say` hears what is looked
    at, and each finding as soon as it is dealt with.
    """
    findings = []
    for finding in _found(fix, stuck_after, say):
        what = " ".join(filter(None, (finding.tenant or finding.database, finding.detail)))
        say(f"{finding.kind}: {what}{', mended' if finding.fixed else ''}")
        findings.append(finding)
    return Reconciliation(findings=findings)


def _found(fix: bool, stuck_after: timedelta, say: Say) -> Iterator[Finding]:  # noqa: FBT001 - handed on
    say("looking at shops that are being made")
    yield from _runs(fix=fix, stuck_after=stuck_after)
    yield from _pending_without_run()
    say("looking at moves, restores and backups")
    yield from stuck_moves(fix=fix, stuck_after=stuck_after)
    yield from stuck_restores(fix=fix, stuck_after=stuck_after)
    yield from stuck_backups(fix=fix)
    for key in DatabaseServer.objects.exclude(state=ServerState.RETIRED).values_list("key", flat=True):
        say(f"looking at the server {key}")
        yield from _server(key, fix=fix)


def _runs(*, fix: bool, stuck_after: timedelta) -> Iterator[Finding]:
    silent = Q(state=RunState.RUNNING, heartbeat_at__lt=timezone.now() - stuck_after)
    runs = (
        ProvisioningRun.objects.select_related("tenant")
        .filter(silent | Q(state=RunState.FAILED), tenant__status=TenantStatus.PENDING_SETUP)
        .order_by("started_at")
    )
    for run in runs:
        finding = Finding(
            kind=Kind.STUCK_RUN if run.state == RunState.RUNNING else Kind.FAILED_RUN,
            server=str(run.tenant.server_id),
            database=run.tenant.database_name,
            tenant=run.tenant.slug,
            detail=run.error or f"silent since {run.heartbeat_at:%Y-%m-%d %H:%M:%S} UTC",
        )
        yield _resume(run, finding) if fix else finding


def _resume(run: ProvisioningRun, finding: Finding) -> Finding:
    try:
        run_provisioning(run.pk)
    except ProvisioningBusy:
        return replace(finding, detail="another worker is at it")
    except Exception as error:
        # Whatever it is, it is this run's own: the other runs and the servers are looked at all the same.
        logger.exception("run %s was resumed and failed again", run.pk)
        return replace(finding, detail=f"resumed, and failed again: {_first_line(error)}")
    return replace(finding, fixed=True, detail="resumed and opened")


def _pending_without_run() -> Iterator[Finding]:
    for tenant in Tenant.objects.filter(status=TenantStatus.PENDING_SETUP, provisioning_runs__isnull=True):
        yield Finding(
            kind=Kind.PENDING_WITHOUT_RUN,
            server=str(tenant.server_id),
            database=tenant.database_name,
            tenant=tenant.slug,
            detail="nothing is written down that would make this shop",
        )


def _server(server: str, *, fix: bool) -> Iterator[Finding]:
    if server not in settings.DATABASE_SERVERS:
        yield Finding(kind=Kind.UNREACHABLE_SERVER, server=server, detail="the settings know no addresses of it")
        return
    try:
        with owner_connection(server) as connection:
            for finding in survey_server(connection, server):
                yield _mend(finding) if fix and finding.can_be_mended else finding
    except psycopg.OperationalError as error:
        yield Finding(kind=Kind.UNREACHABLE_SERVER, server=server, detail=_first_line(error))


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _mend(finding: Finding) -> Finding:
    try:
        detail = _act_on(finding)
    except Exception as error:
        logger.exception("%s could not be mended", finding)
        return replace(finding, detail=f"could not be mended: {_first_line(error)}")
    return replace(finding, fixed=True, detail=detail)


def _act_on(finding: Finding) -> str:
    """Do what mends `finding`; what was done, for people."""
    if finding.kind is Kind.SPARE_WITHOUT_DATABASE:
        SpareDatabase.objects.filter(server__key=finding.server, name=finding.database).delete()
        return "row removed"
    if finding.kind in (Kind.KEPT_LONG_ENOUGH, Kind.KEPT_WITHOUT_DATABASE):
        drop_kept(finding.database)
        return "dropped"
    if finding.kind is Kind.WRONG_ALLOTMENT:
        allot(Tenant.objects.get(slug=finding.tenant))
        return "given what its plan says"
    if finding.kind is Kind.MOVE_LEFTOVER:
        return remove_leftover(finding)
    if finding.kind is Kind.TEMPLATE_MISSING:
        ensure_template(finding.server)
        return "built"
    with owner_connection(finding.server) as connection:
        if finding.kind in (Kind.TEMPLATE_LEFTOVER, Kind.UNFINISHED_TEMPLATE):
            with only_one(connection, TEMPLATE_WORK, wait_seconds=0):  # it may be a template that is being built now
                drop_database(connection, finding.database)
                TemplateVersion.objects.filter(
                    server__key=finding.server, database_name=finding.database, built_at__isnull=True
                ).delete()
        elif finding.kind is Kind.SCRATCH_LEFTOVER:
            with only_one(connection, scratch_work(finding.database), wait_seconds=0):
                drop_database_in_use(connection, finding.database)
        else:
            drop_database(connection, finding.database)
    SpareDatabase.objects.filter(server__key=finding.server, name=finding.database).delete()
    return "dropped"


@shared_task(name="fleet.reconcile")  # type: ignore[untyped-decorator]
def reconcile_task() -> None:
    """Resume stuck runs and tidy up; what needs a person is logged."""
    for finding in reconcile(fix=True).findings:
        logger.log(logging.INFO if finding.fixed else logging.WARNING, "%s", finding)
