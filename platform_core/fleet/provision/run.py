"""Running the steps of a provisioning run that are not done yet."""

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import DatabaseError, InterfaceError

from platform_core.fleet.errors import FleetBusy, ProvisioningBusy, ShopNotPending
from platform_core.fleet.kept import kept_connection
from platform_core.fleet.models import RunState, StepState
from platform_core.fleet.provision import ledger, steps
from platform_core.fleet.provision.ledger import RunRecord
from platform_core.fleet.provision.request import ShopRequest, request_shop
from platform_core.fleet.provision.site import Site
from platform_core.fleet.provision.watch import UNWATCHED, StepProgress, Watch
from platform_core.fleet.servers import OwnerConnection, only_one
from platform_core.fleet.spares import queue_refill
from platform_core.tenancy.hosts import shop_url
from platform_core.tenants.models import TenantStatus

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class StepTiming:
    """How long a step took the last time it ran, in milliseconds."""

    name: str
    ms: float


@dataclass(frozen=True, kw_only=True)
class ProvisioningReport:
    """A shop that answers. `total_ms` is the time this process spent on it, in milliseconds."""

    slug: str
    url: str
    database_name: str
    spare_used: bool
    steps: list[StepTiming]
    total_ms: float


def create_shop(request: ShopRequest, *, actor_id: UUID | None = None) -> ProvisioningReport:
    """Make a shop here and now. Errors: as `request_shop` and `run_provisioning`."""
    began = time.perf_counter()
    requested = request_shop(request, actor_id=actor_id)
    return run_provisioning(requested.run_id, began=began)


def run_provisioning(run_id: UUID, *, began: float | None = None, watch: Watch = UNWATCHED) -> ProvisioningReport:
    """Do every step of a run that is not done. After a kill or a failure, calling it again goes on from there.

    The run is held by a lock on the shop's server that ends with this process's connection; a second worker waits a
    moment for it and is refused. `began` is when the caller began, by `time.perf_counter()`; `watch` hears how far it
    is.
    After the shop is open: a refill of the spares is queued, not awaited.
    Errors: ProvisioningBusy; ShopNotPending for a cancelled one; whatever a step raises, after it was recorded (the
    shop then stays in preparation).
    """
    began = time.perf_counter() if began is None else began
    run = ledger.read_run(run_id)
    if run.state != RunState.SUCCEEDED:
        run = _finish(run, watch)
        report = _report(run, began)
        queue_refill()
        return report
    return _report(run, began)


def _finish(run: RunRecord, watch: Watch) -> RunRecord:
    with kept_connection(run.tenant.server) as connection, _only_worker(connection, run.id):
        # Read again now that the lock is held: another worker may have done some steps, or all, meanwhile.
        run = ledger.read_run(run.id)
        if run.state == RunState.SUCCEEDED:
            return run
        if run.tenant.status == TenantStatus.CANCELLED:
            raise ShopNotPending(run.tenant.slug, run.tenant.status)
        with closing(Site(run=run, connection=connection)) as site:
            _do_steps(site, watch)
    return ledger.read_run(run.id)


@contextmanager
def _only_worker(connection: OwnerConnection, run_id: UUID) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(only_one(connection, f"provisioning {run_id}"))
        except FleetBusy:
            raise ProvisioningBusy(run_id) from None
        yield


def _do_steps(site: Site, watch: Watch) -> None:
    states = {step.name: step.state for step in site.run.steps}
    if any(state != StepState.PENDING for state in states.values()):
        ledger.note_start(site.run_id)
    done: str | None = None
    ms: float | None = None
    for step in steps.steps_of(site.request):
        if states.get(step.name) == StepState.SUCCEEDED:
            continue
        ledger.note_progress(site.run_id, done=done, ms=ms, begun=step.name)
        watch.begins(step.name)
        site.tell = StepProgress(site.run_id, step.name, watch.copied)
        began = time.perf_counter()
        try:
            step.do(site)
        except Exception as error:
            _note_failure(site, step.name, _ms_since(began), error)
            raise
        done, ms = step.name, _ms_since(began)
    ledger.note_progress(site.run_id, done=done, ms=ms, begun=None)


def _note_failure(site: Site, step: str, ms: float, error: Exception) -> None:
    try:
        ledger.note_failure(site.run_id, step=step, ms=ms, error=f"{type(error).__name__}: {error}")
    except (DatabaseError, InterfaceError):
        # The step's own error matters more to the caller; the reconciler finds the run by its silent heart.
        logger.exception("the failure of step %s of run %s could not be recorded", step, site.run_id)


def _report(run: RunRecord, began: float) -> ProvisioningReport:
    return ProvisioningReport(
        slug=run.tenant.slug,
        url=shop_url(run.tenant.slug),
        database_name=run.tenant.database_name,
        spare_used=run.spare_used,
        steps=[StepTiming(name=step.name, ms=round(step.ms or 0.0, 2)) for step in run.steps],
        total_ms=round(_ms_since(began), 2),
    )


def _ms_since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
