"""Making a shop in the background."""

import logging
from uuid import UUID

import psycopg
from celery import shared_task
from django.db import DatabaseError, OperationalError
from kombu.exceptions import OperationalError as BrokerError

from platform_core.fleet.provision.run import run_provisioning
from smartseller.errors import NotReady, SmartSellerError

logger = logging.getLogger(__name__)


def provision_soon(run_id: UUID) -> bool:
    """Let a worker do the run; true when it was queued. With no broker it is done here, before this returns.

    Call it after the request is committed. Errors when done here: as `run_provisioning`.
    """
    try:
        provision_task.delay(str(run_id))
    except (BrokerError, OSError) as error:
        logger.warning("provisioning run %s is done without a worker: %s", run_id, error)
        run_provisioning(run_id)
        return False
    return True


def start(run_id: UUID) -> None:
    """Set the work going. A step that fails is recorded on the run, and a job takes it up again."""
    try:
        provision_soon(run_id)
    except (SmartSellerError, DatabaseError, psycopg.Error):
        logger.exception("provisioning run %s stopped", run_id)


@shared_task(  # type: ignore[untyped-decorator]
    name="fleet.provision",
    acks_late=True,
    autoretry_for=(NotReady, OperationalError, psycopg.OperationalError),
    retry_backoff=True,
    retry_backoff_max=60,
    max_retries=6,
)
def provision_task(run_id: str) -> None:
    run_provisioning(UUID(run_id))
