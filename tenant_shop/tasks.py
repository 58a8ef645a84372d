"""Index of the rooms' tasks: Celery looks only here."""

from tenant_shop.carts.upkeep import remove_expired_task
from tenant_shop.catalog.listing.popularity import count_units_sold_task
from tenant_shop.catalog.pictures.discard import upkeep_task
from tenant_shop.catalog.pictures.make import make_renditions_task
from tenant_shop.catalog.search.upkeep import keep_search_task, rebuild_search_task
from tenant_shop.companies.check_tax_id import ask_again_task, check_tax_id_task
from tenant_shop.companies.close_request import expire_requests_task
from tenant_shop.customers.mail import send_mail_task, send_mails_task
from tenant_shop.customers.upkeep import upkeep_task as customers_upkeep_task
from tenant_shop.loyalty.upkeep import keep_loyalty_task
from tenant_shop.orders.confirmation import send_confirmation_task, send_confirmations_task
from tenant_shop.orders.expire import expire_unpaid_task
from tenant_shop.orders.shipped_mail import send_shipped_mail_task, send_shipped_mails_task
from tenant_shop.payments.deliver_demo_message import deliver_demo_message_task
from tenant_shop.payments.receipt import send_receipt_task, send_receipts_task
from tenant_shop.payments.refund import send_pending_refunds_task
from tenant_shop.payments.upkeep import ask_about_payments_task
from tenant_shop.quotes.mail import send_answer_task, send_answers_task
from tenant_shop.restock.tell import tell_waiting_task
from tenant_shop.returns.mail import send_return_mail_task, send_return_mails_task

__all__ = [
    "ask_about_payments_task",
    "ask_again_task",
    "check_tax_id_task",
    "count_units_sold_task",
    "customers_upkeep_task",
    "deliver_demo_message_task",
    "expire_requests_task",
    "expire_unpaid_task",
    "keep_loyalty_task",
    "keep_search_task",
    "make_renditions_task",
    "rebuild_search_task",
    "remove_expired_task",
    "send_answer_task",
    "send_answers_task",
    "send_confirmation_task",
    "send_confirmations_task",
    "send_mail_task",
    "send_mails_task",
    "send_pending_refunds_task",
    "send_receipt_task",
    "send_receipts_task",
    "send_return_mail_task",
    "send_return_mails_task",
    "send_shipped_mail_task",
    "send_shipped_mails_task",
    "tell_waiting_task",
    "upkeep_task",
]
