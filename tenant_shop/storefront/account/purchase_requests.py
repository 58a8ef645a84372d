"""Purchases that wait for an approval: the buyer sees and withdraws them, others in the company decide."""

import re
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
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
from tenant_shop.companies.requests import may_decide, own_request, price_request, request_for, requests_for, waiting_of
from tenant_shop.customers.models import Customer
from tenant_shop.orders.address_lines import address_lines
from tenant_shop.orders.errors import CouponRefused, TotalChanged
from tenant_shop.orders.quote import Quote
from tenant_shop.payments.methods import KNOWN
from tenant_shop.promotions.errors import Refusal
from tenant_shop.storefront.account.company_forms import RejectForm
from tenant_shop.storefront.account.company_gate import for_members, only_with_companies
from tenant_shop.storefront.account.gate import account_page, for_customers
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
@for_customers
def request_page(visit: Visit, customer: Customer, request_id: UUID) -> HttpResponse:
    """The company's people see it, and who asked for it, whatever they are in the company by now."""
    only_with_companies(visit)
    if _active(visit) is None and not waiting_of(customer.pk).filter(pk=request_id).exists():
        return redirect("storefront:company")
    return _page(visit, customer, request_id)


@only_forms
@for_customers
def decide(visit: Visit, customer: Customer, request_id: UUID) -> HttpResponse:
    """`action` says what: approve (with the total and the currency that were seen, and the revision of an offer),
    reject (with a reason), or withdraw, which is for who asked, whatever they are in the company by now.
    """
    posted, member = visit.request.POST, _active(visit)
    if posted.get("action") != "withdraw":
        only_with_companies(visit)
        if member is None:
            return redirect("storefront:company")
    try:
        match posted.get("action"), member:
            case "approve", CompanyMember() as approver:
                shown = posted.get("expected_total", "")
                total = Decimal(shown) if AMOUNT.fullmatch(shown) else Decimal(-1)
                order = approve_request(
                    approver,
                    request_id,
                    expected_total=total,
                    expected_currency=posted.get("currency", ""),
                    quote_revision=_revision(posted),
                )
                messages.success(visit.request, _("Order %(number)s is placed.") % {"number": order.order_number})
            case "reject", CompanyMember() as approver:
                form = RejectForm(posted)
                reject_request(approver, request_id, reason=form.cleaned_data["reason"] if form.is_valid() else "")
                messages.success(visit.request, _("The purchase is not approved, and the buyer is told."))
            case "withdraw", _:
                withdraw_request(customer.pk, request_id)
                messages.success(visit.request, _("The request is withdrawn, and nothing is ordered."))
    except RequestNotFound as error:
        raise Http404 from error
    except TotalChanged as refusal:
        problem = _("The total has changed to %(now)s. Please check, then approve it at the new total.")
        return _page(visit, customer, request_id, problem=problem % {"now": visit.money(refusal.actual)}, status=409)
    except RuleViolation as refusal:
        return _page(visit, customer, request_id, problem=str(refusal), status=refusal.status, refusal=refusal)
    return redirect("storefront:company_request", request_id)


def _page(
    visit: Visit,
    customer: Customer,
    request_id: UUID,
    *,
    problem: str = "",
    status: int = 200,
    refusal: RuleViolation | None = None,
) -> HttpResponse:
    member = _active(visit)
    try:
        asked = request_for(member, request_id) if member else own_request(customer.pk, request_id)
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
        "payment": KNOWN[answers["payment_method"]].name if answers.get("payment_method") in KNOWN else "",
        "notes": answers.get("notes", ""),
        "total_then": money(asked.total),
    }
    if asked.is_pending:
        context |= _pending(visit, member, asked, refusal)
    return account_page(visit, "company_request.html", context, here="company", status=status)


def _active(visit: Visit) -> CompanyMember | None:
    """The visitor as one of a company's people; None for who is stopped or has left."""
    return visit.member if visit.member is not None and visit.member.is_active else None


def _pending(
    visit: Visit, member: CompanyMember | None, asked: PurchaseRequest, refusal: RuleViolation | None
) -> dict[str, Any]:
    by_address = isinstance(refusal, CouponRefused) and refusal.reason is Refusal.NOT_WITH_ADDRESS
    try:
        basket, priced = price_request(asked, visit.settings, judges_address=by_address)
    except RequestDecided:
        return {}
    offer = basket.deal.quote
    decides = member is not None and may_decide(member, asked)
    return {
        "offer": {"number": offer.number, "revision": offer.revision, "valid_until": offer.valid_until}
        if offer
        else None,
        "summary": _summary(priced, visit),
        "expected_total": f"{priced.total:f}",
        "has_changed": priced.total != asked.total,
        "problems": priced.problems,
        "currency": priced.currency,
        "may_decide": decides,
        "can_approve": decides and not priced.problems,
        "can_withdraw": asked.customer_id == visit.customer_id,
        "form": RejectForm(),
    }


def _revision(posted: QueryDict) -> int:
    """The offer as the page showed it; -1, which no offer is, when the form does not say."""
    shown = posted.get("revision", "")
    return int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 9 else -1


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
        "purchase_number": asked.answers.get("purchase_number", ""),
    }


def _name(customer: Customer | None) -> str:
    return (customer.full_name or customer.email) if customer else ""
