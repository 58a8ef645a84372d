"""A company's orders: all of them for who may decide on them, their own for buyers."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from tenant_shop.companies.credit import is_open_invoice
from tenant_shop.companies.models import CompanyMember
from tenant_shop.companies.orders import company_order, company_orders
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.models import Order
from tenant_shop.storefront.account.company_gate import for_members
from tenant_shop.storefront.account.gate import account_page
from tenant_shop.storefront.account.orders import ON_A_PAGE, order_row
from tenant_shop.storefront.documents import document_answer, document_links
from tenant_shop.storefront.locale import money_in
from tenant_shop.storefront.orders import order_facts, summary_facts
from tenant_shop.storefront.visit import Visit

LONGEST_SEARCH = 50


@require_safe
@for_members
def orders(visit: Visit, member: CompanyMember) -> HttpResponse:
    """`q` finds an order by its number or by the company's own."""
    asked, search = visit.request.GET.get("page", "1"), visit.request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    page = int(asked) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 6 else 1
    found, has_older = company_orders(member, page=max(page, 1), on_a_page=ON_A_PAGE, search=search)
    address = reverse("storefront:company_orders")

    def link(number: int) -> str:
        return f"{address}?{urlencode({'page': str(number)} | ({'q': search} if search else {}))}"

    context = {
        "company_name": member.company.name,
        "sees_all": member.sees_all_orders,
        "search": search,
        "orders": [
            {
                **order_row(each, visit),
                "url": reverse("storefront:company_order", args=[each.pk]),
                "buyer": each.customer.full_name or each.customer.email if each.customer else "",
                "purchase_number": each.purchase_number,
                **_invoice(each),
            }
            for each in found
        ],
        "newer_url": link(page - 1) if page > 1 else "",
        "older_url": link(page + 1) if has_older else "",
    }
    return account_page(visit, "company_orders.html", context, here="company")


def _invoice(order: Order) -> dict[str, Any]:
    """Until when the company is to pay it, if it still is."""
    due_at = order.payment_due_at if is_open_invoice(order) else None
    return {"due_at": due_at, "is_overdue": due_at is not None and due_at <= timezone.now()}


@require_safe
@for_members
def order(visit: Visit, member: CompanyMember, order_id: UUID) -> HttpResponse:
    found = _find(member, order_id)
    money = money_in(found.currency, visit.language)
    context = {
        "order": order_facts(found, visit, money),
        "summary": summary_facts(found, money),
        "buyer": found.customer.full_name or found.customer.email if found.customer else "",
        "documents": document_links(found, "company_document", found.pk),
    }
    return account_page(visit, "company_order.html", context, here="company")


@require_safe
@for_members
def document(visit: Visit, member: CompanyMember, order_id: UUID, document_id: UUID) -> HttpResponse:
    return document_answer(visit.request, _find(member, order_id), document_id)


def _find(member: CompanyMember, order_id: UUID) -> Order:
    """Errors: Http404, also for an order that the member may not see."""
    try:
        return company_order(member, order_id)
    except OrderNotFound as error:
        raise Http404 from error
