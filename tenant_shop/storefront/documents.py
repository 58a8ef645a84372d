"""Invoices and credit notes for who bought: behind the order's link, in the account, and for the buyer's company."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from smartseller.throttle import count_visit
from tenant_shop.documents.errors import DocumentNotFound
from tenant_shop.documents.find import document_of, documents_of
from tenant_shop.documents.models import Document
from tenant_shop.documents.print import print_document
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.find import order_by_token
from tenant_shop.orders.models import Order

# In an hour, of one network address: each is made anew.
MOST_PRINTED = 120


@never_cache
@require_safe
def order_document(request: HttpRequest, token: UUID, document_id: UUID) -> HttpResponse:
    """For whoever has the order's link."""
    try:
        order = order_by_token(token)
    except OrderNotFound as error:
        raise Http404 from error
    return document_answer(request, order, document_id)


def document_answer(request: HttpRequest, order: Order, document_id: UUID) -> HttpResponse:
    """The PDF of a document about `order`, which the visitor may see. Errors: Http404, also for another order's;
    TooOften."""
    try:
        document = document_of(order.pk, document_id)
    except DocumentNotFound as error:
        raise Http404 from error
    count_visit(request, "document", most=MOST_PRINTED)
    response = HttpResponse(print_document(document), content_type="application/pdf")
    shown = content_disposition_header(as_attachment=False, filename=f"{document.number}.pdf")
    response["Content-Disposition"] = shown or "inline"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def document_links(order: Order, name: str, key: UUID) -> list[dict[str, Any]]:
    """The order's documents as pages list them; `name` is the address that hands them out, `key` what it knows the
    order by. One statement."""
    names = {Document.Kind.INVOICE: _("Invoice"), Document.Kind.CREDIT_NOTE: _("Credit note")}
    return [
        {
            "name": names[Document.Kind(document.kind)],
            "number": document.number,
            "url": reverse(f"storefront:{name}", args=[key, document.pk]),
        }
        for document in documents_of(order)
    ]
