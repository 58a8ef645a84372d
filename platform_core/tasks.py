"""Index of the rooms' tasks: Celery looks only here."""

from platform_core.accounts.upkeep import forget_over_task
from platform_core.billing.cards.collect import collect_task
from platform_core.billing.run import billing_run_task
from platform_core.billing.tax_ids.check import check_tax_id_task, check_tax_ids_task
from platform_core.fleet.backups.nightly import back_up_due_task
from platform_core.fleet.copies.export import export_task
from platform_core.fleet.copies.upkeep import copies_upkeep_task
from platform_core.fleet.drop_next import drop_next_task
from platform_core.fleet.moves.ask import move_task
from platform_core.fleet.provision.task import provision_task
from platform_core.fleet.reconcile import reconcile_task
from platform_core.fleet.restores.ask_proof import prove_this_task
from platform_core.fleet.restores.prove_next import prove_backup_task
from platform_core.fleet.spares import refill_spares_task
from platform_core.keys.upkeep import upkeep_task as keys_upkeep_task
from platform_core.mails.send import send_mail_task, send_waiting_task
from platform_core.metrics.add_up import add_up_platform_task
from platform_core.metrics.roll_up_due import queue_due_task
from platform_core.metrics.roll_up_shop import roll_up_shop_task
from platform_core.metrics.warn_calls import warn_of_calls_task
from platform_core.signups.upkeep import forget_over_task as forget_sign_ups_task
from platform_core.status.measure import measure_task
from platform_core.tenancy.domains.recheck import recheck_domains_task
from platform_core.tenancy.due_tasks import queue_due_tasks_task
from platform_core.tenancy.fair_share import let_in_task
from platform_core.tenancy.fanout import for_each_shop_task, look_after_task, queue_looks_task

__all__ = [
    "add_up_platform_task",
    "back_up_due_task",
    "billing_run_task",
    "check_tax_id_task",
    "check_tax_ids_task",
    "collect_task",
    "copies_upkeep_task",
    "drop_next_task",
    "export_task",
    "for_each_shop_task",
    "forget_over_task",
    "forget_sign_ups_task",
    "keys_upkeep_task",
    "let_in_task",
    "look_after_task",
    "measure_task",
    "move_task",
    "prove_backup_task",
    "prove_this_task",
    "provision_task",
    "queue_due_task",
    "queue_due_tasks_task",
    "queue_looks_task",
    "recheck_domains_task",
    "reconcile_task",
    "refill_spares_task",
    "roll_up_shop_task",
    "send_mail_task",
    "send_waiting_task",
    "warn_of_calls_task",
]
