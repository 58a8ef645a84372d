"""Index of the rooms' tasks: Celery looks only here."""

from tenant_shop.audit.note import deliver_entries_task
from tenant_shop.carts.upkeep import remove_expired_task
from tenant_shop.catalog.listing.popularity import count_units_sold_task
from tenant_shop.catalog.pictures.discard import upkeep_task
from tenant_shop.catalog.pictures.fetch import fetch_picture_task
from tenant_shop.catalog.pictures.make import make_renditions_task
from tenant_shop.catalog.scheduled.apply import apply_due_changes_task
from tenant_shop.catalog.search.upkeep import keep_search_task, rebuild_search_task
from tenant_shop.companies.check_tax_id import ask_again_task, check_tax_id_task
from tenant_shop.companies.close_request import expire_requests_task
from tenant_shop.companies.tell_merchant import send_all_news_task, send_news_task
from tenant_shop.configuration.custom_fields.index import keep_indexes_task, mend_indexes_task
from tenant_shop.customers.mail import send_mail_task, send_mails_task
from tenant_shop.customers.upkeep import upkeep_task as customers_upkeep_task
from tenant_shop.documents.due import issue_due_task, issue_invoice_task
from tenant_shop.imports.jobs.carry_out import job_task
from tenant_shop.imports.runs.carry_out import keep_runs_task, run_task
from tenant_shop.integrations.calls.collect import collect_calls_task
from tenant_shop.integrations.upkeep import upkeep_task as integrations_upkeep_task
from tenant_shop.integrations.webhooks.relay import relay_task
from tenant_shop.integrations.webhooks.tell_owners import send_all_news_task as send_all_webhook_news_task
from tenant_shop.integrations.webhooks.tell_owners import send_news_task as send_webhook_news_task
from tenant_shop.loyalty.upkeep import keep_loyalty_task
from tenant_shop.orders.cancelled_mail import send_cancelled_mail_task, send_cancelled_mails_task
from tenant_shop.orders.confirmation import send_confirmation_task, send_confirmations_task
from tenant_shop.orders.expire import expire_unpaid_task
from tenant_shop.orders.notice import send_notice_task, send_notices_task
from tenant_shop.orders.shipped_mail import send_shipped_mail_task, send_shipped_mails_task
from tenant_shop.payments.deliver_demo_message import deliver_demo_message_task
from tenant_shop.payments.receipt import send_receipt_task, send_receipts_task
from tenant_shop.payments.refund import send_pending_refunds_task
from tenant_shop.payments.refunded_mail import send_refunded_mail_task, send_refunded_mails_task
from tenant_shop.payments.upkeep import ask_about_payments_task
from tenant_shop.quotes.mail import send_answer_task, send_answers_task
from tenant_shop.restock.tell import tell_waiting_task
from tenant_shop.returns.mail import send_return_mail_task, send_return_mails_task
from tenant_shop.staff.mail import send_invitation_task, send_invitations_task

__all__ = [
    "apply_due_changes_task",
    "ask_about_payments_task",
    "ask_again_task",
    "check_tax_id_task",
    "collect_calls_task",
    "count_units_sold_task",
    "customers_upkeep_task",
    "deliver_demo_message_task",
    "deliver_entries_task",
    "expire_requests_task",
    "expire_unpaid_task",
    "fetch_picture_task",
    "integrations_upkeep_task",
    "issue_due_task",
    "issue_invoice_task",
    "job_task",
    "keep_indexes_task",
    "keep_loyalty_task",
    "keep_runs_task",
    "keep_search_task",
    "make_renditions_task",
    "mend_indexes_task",
    "rebuild_search_task",
    "relay_task",
    "remove_expired_task",
    "run_task",
    "send_all_news_task",
    "send_all_webhook_news_task",
    "send_answer_task",
    "send_answers_task",
    "send_cancelled_mail_task",
    "send_cancelled_mails_task",
    "send_confirmation_task",
    "send_confirmations_task",
    "send_invitation_task",
    "send_invitations_task",
    "send_mail_task",
    "send_mails_task",
    "send_news_task",
    "send_notice_task",
    "send_notices_task",
    "send_pending_refunds_task",
    "send_receipt_task",
    "send_receipts_task",
    "send_refunded_mail_task",
    "send_refunded_mails_task",
    "send_return_mail_task",
    "send_return_mails_task",
    "send_shipped_mail_task",
    "send_shipped_mails_task",
    "send_webhook_news_task",
    "tell_waiting_task",
    "upkeep_task",
]
