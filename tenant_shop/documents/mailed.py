"""The invoice that mails about an order lead to."""

import logging
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext as _

from smartseller.errors import RuleViolation
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.documents.due import issue_if_due
from tenant_shop.documents.find import standing_invoice
from tenant_shop.documents.models import Document
from tenant_shop.documents.print import print_document

logger = logging.getLogger(__name__)

# The values of the setting `invoice_mail`.
LINK, ATTACH = "link", "attach"


def invoice_to_mail(order_id: UUID) -> Document | None:
    """The order's invoice; issued now if it is due, and the worker who does that was not there yet.

    Without one the mail goes out all the same: what keeps it from being issued is logged, and tried again by the
    recurring job.
    """
    try:
        issue_if_due(order_id)
    except RuleViolation:
        logger.exception("the invoice of order %s could not be issued", order_id)
    return standing_invoice(Document.objects.filter(order=order_id, kind=Document.Kind.INVOICE))


def invoice_facts(invoice: Document | None, order_url: str) -> dict[str, str]:
    """What the mail says of it, in the active language; `order_url` is the order's own page, whoever has it sees it."""
    if invoice is None:
        return {"invoice": "", "invoice_url": ""}
    return {
        "invoice": _("Invoice %(number)s") % {"number": invoice.number},
        "invoice_url": f"{order_url}documents/{invoice.pk}/",
    }


def attach_invoice(mail: EmailMultiAlternatives, invoice: Document | None, shop: ShopSettings) -> None:
    """Put the PDF into the mail, in a shop that wants that."""
    if invoice is not None and shop.invoice_mail == ATTACH:
        mail.attach(f"{invoice.number.replace('/', '-')}.pdf", print_document(invoice), "application/pdf")
