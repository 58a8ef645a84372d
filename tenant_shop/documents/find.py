"""Finding documents."""

from collections.abc import Iterable
from uuid import UUID

from tenant_shop.documents.errors import DocumentNotFound
from tenant_shop.documents.models import Document
from tenant_shop.orders.models import Order


def standing_invoice(documents: Iterable[Document]) -> Document | None:
    """The invoice among the documents of one order that is not replaced; None without one. Pure."""
    invoices = [each for each in documents if each.kind == Document.Kind.INVOICE]
    return max(invoices, key=lambda each: each.sequence, default=None)


def documents_of(order: Order) -> list[Document]:
    """The order's invoices and their credit notes, in the order in which they were issued, without what they say. One
    statement."""
    return list(Document.objects.filter(order=order).defer("content"))


def document_of(order_id: UUID, document_id: UUID) -> Document:
    """A document about the order. One statement. Errors: DocumentNotFound, also for another order's."""
    found = Document.objects.filter(pk=document_id, order=order_id).first()
    if found is None:
        raise DocumentNotFound(document_id)
    return found
