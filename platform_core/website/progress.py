"""How far a new shop is: the recorded steps, for the person who asked for it."""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from platform_core.fleet.errors import ProvisioningBusy
from platform_core.fleet.models import ProvisioningRun, ProvisioningStep, RunState, StepState
from platform_core.fleet.provision.labels import label_of
from platform_core.fleet.provision.run import run_provisioning
from platform_core.tenancy.hosts import shop_url
from platform_core.website.shops import host_of_shop
from smartseller.errors import SmartSellerError

# A run whose heart has not beaten for this long has no worker: the page that waits for it does the work.
UNATTENDED = timedelta(seconds=3)
SHOWN_STATES = {
    StepState.PENDING: "waiting",
    StepState.RUNNING: "running",
    StepState.SUCCEEDED: "done",
    StepState.FAILED: "failed",
}
FAILED = "A step did not succeed. Nothing is lost: trying again goes on where it stopped."

logger = logging.getLogger(__name__)


@never_cache
@require_safe
@login_required(login_url="website:login")
def progress(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The steps of one's run, each with its duration; the page renews itself until they are done."""
    run = _own_run(request, run_id)
    if run.state == RunState.RUNNING and run.heartbeat_at < timezone.now() - UNATTENDED:
        resume(run)
        run = _own_run(request, run_id)
    return render(request, "website/signup_progress.html", _context(run))


@require_POST
@login_required(login_url="website:login")
def retry(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Go on with a run that failed."""
    run = _own_run(request, run_id)
    if run.state != RunState.SUCCEEDED:
        resume(run)
    return redirect("website:progress", run.pk)


def resume(run: ProvisioningRun) -> None:
    """Do what is left of `run`, here. A failure is on the run's record; a worker that is at it already goes on."""
    try:
        run_provisioning(run.pk)
    except ProvisioningBusy:
        logger.info("provisioning run %s has a worker", run.pk)
    except (SmartSellerError, DatabaseError, psycopg.Error):
        logger.exception("provisioning run %s stopped", run.pk)


def _own_run(request: HttpRequest, run_id: UUID) -> ProvisioningRun:
    """The run, if the request's user asked for it; 404 for anybody else's."""
    runs = ProvisioningRun.objects.select_related("tenant").prefetch_related("steps")
    return get_object_or_404(runs, pk=run_id, request__owner_id=str(request.user.pk))


def _context(run: ProvisioningRun) -> dict[str, Any]:
    tenant, steps = run.tenant, list(run.steps.all())
    return {
        "section": "",
        "shop": {
            "name": tenant.name,
            "host": host_of_shop(tenant.slug),
            "url": shop_url(tenant.slug),
        },
        "run": {
            "state": run.state,
            "total_ms": round(sum(step.ms or 0 for step in steps)),
            "error": FAILED if run.state == RunState.FAILED else "",
        },
        "steps": [_step(step) for step in steps],
        "open_url": reverse("website:enter-shop", args=[tenant.slug]),
        "retry_url": reverse("website:retry", args=[run.pk]),
    }


def _step(step: ProvisioningStep) -> dict[str, Any]:
    return {
        "label": label_of(step.name),
        "state": SHOWN_STATES[StepState(step.state)],
        "ms": None if step.ms is None else round(step.ms, 1),
    }
