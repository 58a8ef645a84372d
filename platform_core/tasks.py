"""Index of the rooms' Celery tasks: Celery looks only here."""

from platform_core.fleet.provision.task import provision_task
from platform_core.fleet.reconcile import reconcile_task
from platform_core.fleet.spares import refill_spares_task

__all__ = ["provision_task", "reconcile_task", "refill_spares_task"]
