"""Printing: each answers with a PDF. Nothing is kept: a page takes some milliseconds."""

from collections.abc import Sequence
from uuid import UUID

from smartseller.paper.pdf import pdf_of
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.documents.errors import DocumentNotFound, NothingToPrint, TooManyToPrint
from tenant_shop.documents.models import Document
from tenant_shop.documents.paper.bill import bill_sheet
from tenant_shop.documents.paper.pick import pick_sheets
from tenant_shop.documents.paper.slip import order_slip, parcel_slip
from tenant_shop.documents.unsent import standings_of
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.shipments import Shipment

# So many orders are printed at once: some seconds, and a stack of paper.
MOST = 100


def print_document(document: Document) -> bytes:
    """An invoice or a credit note, as it was issued."""
    return pdf_of([bill_sheet(document)])


def print_invoices(order_ids: Sequence[UUID]) -> bytes:
    """The invoices of the orders, those that have one, in the order of their numbers; none that is replaced. One
    statement.

    Errors: TooManyToPrint above a hundred orders; NothingToPrint where none has an invoice.
    """
    _check(order_ids)
    invoices = Document.objects.filter(order__in=order_ids, kind=Document.Kind.INVOICE, replaced_by=None)
    sheets = [bill_sheet(invoice) for invoice in invoices.order_by("sequence")]
    if not sheets:
        raise NothingToPrint("None of these orders has an invoice yet.")
    return pdf_of(sheets)


def print_packing_slips(order_ids: Sequence[UUID]) -> bytes:
    """What is to be sent of each order, or was sent, the oldest order first. Errors: TooManyToPrint; NothingToPrint."""
    _check(order_ids)
    shop = shop_settings()
    sheets = [order_slip(each, shop) for each in standings_of(order_ids) if each.to_send or each.sent]
    if not sheets:
        raise NothingToPrint("There is nothing in these orders that could be packed.")
    return pdf_of(sheets)


def print_parcel(shipment_id: UUID, *, order_id: UUID) -> bytes:
    """The packing slip of one parcel of the order. Errors: DocumentNotFound."""
    parcel = Shipment.objects.select_related("order").filter(pk=shipment_id, order=order_id).first()
    if parcel is None:
        raise DocumentNotFound(shipment_id)
    return pdf_of([parcel_slip(parcel, OrderItem.objects.filter(order=order_id), shop_settings())])


def print_pick_list(order_ids: Sequence[UUID]) -> bytes:
    """What is to be fetched for the orders that are to be sent. Errors: TooManyToPrint; NothingToPrint."""
    _check(order_ids)
    orders = [each for each in standings_of(order_ids) if each.order.is_fulfillable and each.to_send]
    if not orders:
        raise NothingToPrint("None of these orders is to be sent now.")
    return pdf_of(pick_sheets(orders, shop_settings()))


def _check(order_ids: Sequence[UUID]) -> None:
    if len(order_ids) > MOST:
        raise TooManyToPrint(len(order_ids), MOST)
