"""Index of the rooms' tasks: Celery looks only here."""

from platform_core.tenancy.fanout import for_each_shop_task

__all__ = ["for_each_shop_task"]
