"""Purchases that wait for an approval: the buyer sees and withdraws them, others in the company decide."""

import re
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from smartseller.errors import RuleViolation
from tenant_shop.catalog.summary import pictures_of
from tenant_shop.companies.approve_request import approve_request
from tenant_shop.companies.close_request import reject_request, withdraw_request
from tenant_shop.companies.errors import RequestDecided, RequestNotFound
from tenant_shop.companies.models import CompanyMember, PurchaseRequest
from tenant_shop.companies.requests import may_decide, price_request, request_for, requests_for
from tenant_shop.customers.models import Customer
from tenant_shop.orders.address_lines import address_lines
from tenant_shop.orders.errors import TotalChanged
from tenant_shop.orders.quote import Quote
from tenant_shop.payments.methods import KNOWN
from tenant_shop.storefront.account.company_forms import RejectForm
from tenant_shop.storefront.account.company_gate import for_members
from tenant_shop.storefront.account.gate import account_page
from tenant_shop.storefront.cards import image
from tenant_shop.storefront.cart_context import options_text
from tenant_shop.storefront.locale import money_in
from tenant_shop.storefront.only_forms import only_forms
from tenant_shop.storefront.quote_summary import totals_of
from tenant_shop.storefront.visit import Visit

STATES = {
    PurchaseRequest.Status.PENDING: gettext_lazy("Waits for approval"),
    PurchaseRequest.Status.APPROVED: gettext_lazy("Approved and ordered"),
    PurchaseRequest.Status.REJECTED: gettext_lazy("Not approved"),
    PurchaseRequest.Status.WITHDRAWN: gettext_lazy("Withdrawn"),
    PurchaseRequest.Status.EXPIRED: gettext_lazy("Nobody decided in time"),
}
SHOWN = 50
AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,3})?")


@require_safe
@for_members
def requests(visit: Visit, member: CompanyMember) -> HttpResponse:
    """The latest ones, those that wait first."""
    found = requests_for(member).select_related("customer")[:SHOWN]
    rows = [_row(asked, visit) for asked in found]
    context = {"company_name": member.company.name, "requests": sorted(rows, key=lambda row: not row["is_pending"])}
    return account_page(visit, "company_requests.html", context, here="company")


@require_safe
@for_members
def request_page(visit: Visit, member: CompanyMember, request_id: UUID) -> HttpResponse:
    return _page(visit, member, request_id)


@only_forms
@for_members
def decide(visit: Visit, member: CompanyMember, request_id: UUID) -> HttpResponse:
    """`action` says what: approve (with the total that was seen), reject (with a reason), withdraw."""
    posted = visit.request.POST
    try:
        match posted.get("action"):
            case "approve":
                shown = posted.get("expected_total", "")
                total = Decimal(shown) if AMOUNT.fullmatch(shown) else Decimal(-1)
                order = approve_request(member, request_id, expected_total=total)
                messages.success(visit.request, _("Order %(number)s is placed.") % {"number": order.order_number})
            case "reject":
                form = RejectForm(posted)
                reject_request(member, request_id, reason=form.cleaned_data["reason"] if form.is_valid() else "")
                messages.success(visit.request, _("The purchase is not approved, and the buyer is told."))
            case "withdraw":
                withdraw_request(member.customer_id, request_id)
                messages.success(visit.request, _("The request is withdrawn. Your cart is as it was."))
    except RequestNotFound as error:
        raise Http404 from error
    except TotalChanged as refusal:
        problem = _("The total has changed to %(now)s. Please check, then approve it at the new total.")
        return _page(visit, member, request_id, problem=problem % {"now": visit.money(refusal.actual)}, status=409)
    except RuleViolation as refusal:
        return _page(visit, member, request_id, problem=str(refusal), status=refusal.status)
    return redirect("storefront:company_request", request_id)


def _page(
    visit: Visit, member: CompanyMember, request_id: UUID, *, problem: str = "", status: int = 200
) -> HttpResponse:
    try:
        asked = request_for(member, request_id)
    except RequestNotFound as error:
        raise Http404 from error
    money = money_in(asked.currency, visit.language)
    answers: dict[str, Any] = asked.answers
    context: dict[str, Any] = {
        **_row(asked, visit),
        "problem": problem,
        "reason": asked.reason,
        "decided_by": _name(asked.decided_by),
        "decided_at": asked.decided_at,
        "order_url": reverse("storefront:company_order", args=[asked.order_id]) if asked.order_id else "",
        "order_number": asked.order.order_number if asked.order else "",
        "address_lines": address_lines(answers.get("shipping_address", {})) if answers else [],
        "purchase_number": answers.get("purchase_number", ""),
        "payment": KNOWN[answers["payment_method"]].name if answers.get("payment_method") in KNOWN else "",
        "notes": answers.get("notes", ""),
        "total_then": money(asked.total),
    }
    if asked.is_pending:
        context |= _pending(visit, member, asked)
    return account_page(visit, "company_request.html", context, here="company", status=status)


def _pending(visit: Visit, member: CompanyMember, asked: PurchaseRequest) -> dict[str, Any]:
    try:
        _basket, priced = price_request(asked, visit.settings)
    except RequestDecided:
        return {}
    return {
        "summary": _summary(priced, visit),
        "expected_total": f"{priced.total:f}",
        "has_changed": priced.total != asked.total,
        "problems": priced.problems,
        "may_decide": may_decide(member, asked),
        "can_approve": may_decide(member, asked) and not priced.problems,
        "can_withdraw": asked.customer_id == member.customer_id,
        "form": RejectForm(),
    }


def _summary(priced: Quote, visit: Visit) -> dict[str, Any]:
    pictures = pictures_of([line.product_id for line in priced.lines])
    return {
        "lines": [
            {
                "name": line.name,
                "options": options_text(line.options),
                "image": image(pictures.get(line.product_id)),
                "quantity": line.quantity,
                "line_total": visit.money(line.total),
            }
            for line in priced.lines
        ],
        **totals_of(priced, visit.money),
    }


def _row(asked: PurchaseRequest, visit: Visit) -> dict[str, Any]:
    return {
        "id": asked.pk,
        "url": reverse("storefront:company_request", args=[asked.pk]),
        "buyer": _name(asked.customer),
        "asked_at": asked.created_at,
        "expires_at": asked.expires_at,
        "status": str(STATES[PurchaseRequest.Status(asked.status)]),
        "is_pending": asked.is_pending,
        "total": money_in(asked.currency, visit.language)(asked.total),
    }


def _name(customer: Customer | None) -> str:
    return (customer.full_name or customer.email) if customer else ""
