"""Index of the rooms' tasks: Celery looks only here."""

from platform_core.fleet.provision.task import provision_task
from platform_core.fleet.reconcile import reconcile_task
from platform_core.fleet.spares import refill_spares_task
from platform_core.tenancy.fanout import for_each_shop_task

__all__ = ["for_each_shop_task", "provision_task", "reconcile_task", "refill_spares_task"]
