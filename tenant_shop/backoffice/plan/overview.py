"""What the shop costs its merchant: the plan, what it includes, how it is paid, and the platform's bills."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from platform_core.billing.cards.collect import collect_all
from platform_core.billing.coupons.redeem import redeem_coupon
from platform_core.billing.merchant import Standing, billed, standing_of
from platform_core.billing.models import BillingInvoice, InvoiceKind, InvoiceStatus
from platform_core.billing.papers.printed import printed
from platform_core.plans.limits import Feature, Limited
from platform_core.tenancy.call_limit import bucket_of_programs, calls_in_use
from platform_core.tenancy.context import current_tenant
from smartseller.money import display
from tenant_shop.backoffice.at_once import ask
from tenant_shop.backoffice.documents import pdf_answer
from tenant_shop.backoffice.plan.door import BILLING_WORDS, actor, for_owners, may_change, today
from tenant_shop.backoffice.usage import usage_links, usage_of, usage_questions
from tenant_shop.configuration.plan import plan_and_staff
from tenant_shop.configuration.settings import shop_settings

STATES = {
    InvoiceStatus.PENDING: "Open",
    InvoiceStatus.PAID: "Paid",
    InvoiceStatus.FAILED: "Card declined",
    InvoiceStatus.CANCELLED: "Taken back",
}


@require_safe
def plan_page(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """The plan and the bills; owners find what can be changed."""
    if not request.user.has_perm("tenant_shop.view_billing"):
        raise PermissionDenied
    shop_id = current_tenant().id
    plan, shop = plan_and_staff(), shop_settings()
    calls, now = plan.limits.of(Limited.API_CALLS_PER_HOUR), timezone.now()
    standing = standing_of(shop_id, today())
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": "Plan and bills",
        "plan_name": plan.limits.plan,
        "may_change": may_change(request),
        "standing": standing,
        "price": _price(standing),
        "usage": usage_of(
            plan, ask(usage_questions(plan.limits, now, shop.zone)), usage_links(request.user, now, shop.zone)
        ),
        "features": [(feature, plan.limits.includes(feature)) for feature in Feature],
        "has_api": plan.limits.includes(Feature.API_ACCESS),
        "calls_included": calls,
        "calls_in_use": calls_in_use(bucket_of_programs(calls)) if calls else None,
        "bills": [_bill(bill) for bill in billed(shop_id)],
    }
    return TemplateResponse(request, "admin/shop/plan.html", context)


@require_safe
def bill(request: HttpRequest, site: AdminSite, bill_id: UUID) -> HttpResponseBase:
    """The PDF of one of the shop's own bills; 404 for another's."""
    if not request.user.has_perm("tenant_shop.view_billing"):
        raise PermissionDenied
    found = billed(current_tenant().id, bill_id=bill_id)[0]
    return pdf_answer(printed(found), found.invoice_number)


@require_POST
@for_owners
def coupon(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    use = redeem_coupon(current_tenant().id, request.POST.get("code", "")[:40], today=today(), actor_id=actor(request))
    messages.success(request, f"The coupon {use.code} holds from your next bill on.")
    return redirect("admin:plan")


@require_POST
@for_owners
def pay_now(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """Have the card pay what is open."""
    tell_charges(request)
    return redirect("admin:plan")


def tell_charges(request: HttpRequest) -> None:
    """Charge the card for what is open, if there is one, and say what became of it."""
    for charge in collect_all(today(), tenant_id=current_tenant().id):
        number, sum_of_it = charge.invoice.invoice_number, display(charge.amount, charge.currency)
        if charge.state == "succeeded":
            messages.success(request, f"{sum_of_it} for {number} were paid with {charge.card}.")
        elif charge.state == "declined":
            messages.error(request, f"{charge.card} could not be charged with {sum_of_it} for {number}.")
        elif charge.state == "confirming":
            words = "asks you to confirm it: follow the link in the mail that is on its way."
            messages.warning(request, f"{sum_of_it} for {number}: the bank of {charge.card} {words}")
        else:
            messages.info(request, f"{charge.card} is being charged with {sum_of_it} for {number}.")


def _price(standing: Standing | None) -> str:
    if standing is None:
        return ""
    return f"{display(standing.price, standing.currency)} {BILLING_WORDS[standing.cycle]}"


def _bill(bill: BillingInvoice) -> dict[str, Any]:
    is_credit = bill.kind == InvoiceKind.CREDIT
    is_open = bill.status in (InvoiceStatus.PENDING, InvoiceStatus.FAILED) and not is_credit
    is_overdue = is_open and bill.due_date < today()
    return {
        "id": bill.pk,
        "number": bill.invoice_number,
        "what": "Credit note" if is_credit else "Invoice",
        "issued": bill.issued_date,
        "due": bill.due_date if is_open else None,
        "total": display(bill.total_amount, bill.currency),
        "owed": display(bill.owed_amount, bill.currency) if is_open and bill.credited_amount else "",
        "status": "Taken back" if is_credit else "Overdue" if is_overdue else STATES[InvoiceStatus(bill.status)],
        "is_open": is_open,
    }
