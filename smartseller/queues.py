"""Every queue, on one page: what waits for what.

A picture that is made for minutes must not stand in front of the mail that somebody looks for now, so that work of one
kind has a queue, and workers of its own if an operator wishes: `celery -A smartseller worker -Q people,shops`. A worker
that is not told takes from all of them in turn. No shop fills a queue: `platform_core/tenancy/fair_share.py`. A test
compares the names with the tasks that a worker knows.
"""

from enum import StrEnum


class Queue(StrEnum):
    """`people`: somebody waits for it at this moment. `shops`: shops are made, and rounds through all shops begin.
    `files`: pictures, imports and backups, which take as long as they are large. `outside`: others' servers are waited
    for. `upkeep`: rounds through one shop, and figures.
    """

    PEOPLE = "people"
    SHOPS = "shops"
    FILES = "files"
    OUTSIDE = "outside"
    UPKEEP = "upkeep"


TASKS: dict[Queue, tuple[str, ...]] = {
    Queue.PEOPLE: (
        "companies.check_tax_id",
        "companies.send_news",
        "customers.send_mail",
        "documents.issue_invoice",
        "integrations.send_news",
        "mails.send",
        "mails.send_waiting",
        "orders.send_cancelled_mail",
        "orders.send_confirmation",
        "orders.send_notice",
        "orders.send_shipped_mail",
        "payments.deliver_demo_message",
        "payments.send_receipt",
        "payments.send_refunded_mail",
        "quotes.send_answer",
        "returns.send_mail",
        "staff.send_invitation",
    ),
    Queue.SHOPS: (
        "fleet.provision",
        "fleet.reconcile",
        "fleet.refill_spares",
        "metrics.queue_due",
        "tenancy.for_each_shop",
        "tenancy.let_in",
        "tenancy.queue_due",
        "tenancy.queue_looks",
    ),
    Queue.FILES: (
        "catalog.rebuild_search",
        "configuration.keep_indexes",
        "fleet.back_up_due",
        "fleet.copies_upkeep",
        "fleet.drop_next",
        "fleet.export_shop",
        "fleet.move",
        "fleet.prove_backup",
        "fleet.prove_this_backup",
        "imports.job",
        "imports.run",
        "pictures.make_renditions",
    ),
    Queue.OUTSIDE: (
        "billing.check_tax_id",
        "billing.check_tax_ids",
        "billing.collect",
        "domains.recheck",
        "integrations.relay",
        "pictures.fetch",
    ),
    Queue.UPKEEP: (
        "accounts.forget_over",
        "audit.deliver_entries",
        "billing.run",
        "carts.upkeep",
        "catalog.apply_due_changes",
        "catalog.count_units_sold",
        "catalog.keep_search",
        "companies.ask_again",
        "companies.expire_requests",
        "companies.send_all_news",
        "configuration.mend_indexes",
        "customers.send_mails",
        "customers.upkeep",
        "documents.issue_due",
        "imports.upkeep",
        "integrations.collect_calls",
        "integrations.send_all_news",
        "integrations.upkeep",
        "keys.upkeep",
        "loyalty.upkeep",
        "metrics.add_up_platform",
        "metrics.roll_up_shop",
        "metrics.warn_of_calls",
        "orders.expire_unpaid",
        "orders.send_cancelled_mails",
        "orders.send_confirmations",
        "orders.send_notices",
        "orders.send_shipped_mails",
        "payments.ask_about_payments",
        "payments.send_pending_refunds",
        "payments.send_receipts",
        "payments.send_refunded_mails",
        "pictures.upkeep",
        "quotes.send_answers",
        "restock.tell_waiting",
        "returns.send_mails",
        "signups.forget_over",
        "staff.send_invitations",
        "status.measure",
        "tenancy.look_after",
    ),
}
# What a test's task has no line for here.
DEFAULT = Queue.PEOPLE

ROUTES = {task: {"queue": queue.value} for queue, tasks in TASKS.items() for task in tasks}
