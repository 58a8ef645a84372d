"""Index of the rooms' tasks: Celery looks only here."""

from tenant_shop.orders.confirmation import send_confirmation_task, send_confirmations_task
from tenant_shop.orders.expire import expire_unpaid_task

__all__ = ["expire_unpaid_task", "send_confirmation_task", "send_confirmations_task"]
