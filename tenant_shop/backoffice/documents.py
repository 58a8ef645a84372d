"""An order's documents in the back office: issued by a button, printed by a link."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from smartseller.moments import day
from tenant_shop.backoffice.base import amount
from tenant_shop.backoffice.differences import standing
from tenant_shop.documents.errors import DocumentNotFound
from tenant_shop.documents.find import document_of, documents_of
from tenant_shop.documents.issue import issue_invoice
from tenant_shop.documents.models import Document
from tenant_shop.documents.print import print_document, print_packing_slips, print_parcel
from tenant_shop.orders.models import Order

NAMES = {Document.Kind.INVOICE: "Invoice", Document.Kind.CREDIT_NOTE: "Credit note"}


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    """A PDF that the browser shows; saved, it is called `name`.pdf. It is nobody else's."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=False, filename=f"{name}.pdf") or "inline"
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def shown_of(order: Order) -> dict[str, Any]:
    """What the order's page shows of its documents. One statement."""
    documents = documents_of(order)
    numbers = {each.pk: each.number for each in documents}
    return {
        "documents": [
            {
                "name": f"{NAMES[Document.Kind(each.kind)]} {each.number}",
                "amount": amount(each.total_amount, each.currency),
                "issued_on": day(each.issued_at),
                "about": _about(each, numbers),
                "url": reverse("admin:tenant_shop_order_document", args=[order.pk, each.pk]),
            }
            for each in documents
        ],
        "can_invoice": not documents and not order.is_test and order.status != Order.Status.CANCELLED,
    }


def _about(document: Document, numbers: Mapping[UUID, str]) -> str:
    """Which other of the order's documents it stands beside."""
    if document.replaces_id is not None:
        return f"replaces {numbers[document.replaces_id]}"
    return f"takes back from {numbers[document.invoice_id]}" if document.invoice_id is not None else ""


def issue(request: HttpRequest, order_id: UUID, page: Any) -> HttpResponse:
    """The button. `page` is the orders' page (OrderAdmin)."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not page.has_act_permission(request):
        raise PermissionDenied
    try:
        with shop_transaction():
            was = standing(Order, order_id)
            invoice = issue_invoice(order_id, actor=str(request.user.pk))
            page.note(request, "invoice", invoice.order, [{"issued": {"fields": [invoice.number]}}], was=was)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Invoice {invoice.number} is issued.")
    return redirect("admin:tenant_shop_order_change", order_id)


@require_safe
def document(request: HttpRequest, order_id: UUID, document_id: UUID, page: Any) -> HttpResponse:
    """An invoice or a credit note of the order."""
    _check(request, page)
    try:
        found = document_of(order_id, document_id)
    except DocumentNotFound as error:
        raise Http404 from error
    return pdf_answer(print_document(found), found.number)


@require_safe
def slip(request: HttpRequest, order_id: UUID, page: Any) -> HttpResponse:
    """What is to be packed of the order."""
    _check(request, page)
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        raise Http404
    try:
        content = print_packing_slips([order_id])
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:tenant_shop_order_change", order_id)
    return pdf_answer(content, f"packing-slip-{order.order_number}")


@require_safe
def parcel_slip(request: HttpRequest, order_id: UUID, shipment_id: UUID, page: Any) -> HttpResponse:
    """What was packed into one parcel."""
    _check(request, page)
    try:
        return pdf_answer(print_parcel(shipment_id, order_id=order_id), "packing-slip")
    except DocumentNotFound as error:
        raise Http404 from error


def _check(request: HttpRequest, page: Any) -> None:
    """Who may look at orders may print them."""
    if not page.has_view_permission(request):
        raise PermissionDenied


ISSUING = {"invoice": issue}
# Below an order's address: the route, the view and the name.
PRINTS = (
    ("documents/<uuid:document_id>/", document, "document"),
    ("packing-slip/", slip, "slip"),
    ("parcels/<uuid:shipment_id>/packing-slip/", parcel_slip, "parcel_slip"),
)
