"""The company that a customer buys for: registering it, what is known of it, leaving it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from smartseller.errors import RuleViolation
from smartseller.formats import number
from smartseller.throttle import TooOften, count_mailbox
from tenant_shop.companies.change_member import leave_company
from tenant_shop.companies.credit import open_amount
from tenant_shop.companies.errors import InvalidCompany
from tenant_shop.companies.found import PLACE, found_company
from tenant_shop.companies.models import Company, CompanyMember
from tenant_shop.companies.requests import waiting_of
from tenant_shop.customers.models import Customer
from tenant_shop.orders.address_lines import address_lines
from tenant_shop.storefront.account.company_forms import ROLE_NAMES, CompanyForm
from tenant_shop.storefront.account.company_gate import for_members, only_with_companies
from tenant_shop.storefront.account.forms import posted
from tenant_shop.storefront.account.gate import account_page, for_customers
from tenant_shop.storefront.only_forms import only_forms
from tenant_shop.storefront.typed import typed_again
from tenant_shop.storefront.visit import Visit

STATES = {
    Company.Status.PENDING: gettext_lazy("The shop is looking at it. Until then you order for yourself."),
    Company.Status.APPROVED: gettext_lazy("Your orders are the company's."),
    Company.Status.BLOCKED: gettext_lazy("The shop does not sell to it on a company account. You order for yourself."),
}
TAX_ID_STATES = {
    Company.TaxIdState.UNCHECKED: gettext_lazy("not checked"),
    Company.TaxIdState.FORMAT_OK: gettext_lazy("not confirmed yet"),
    Company.TaxIdState.CONFIRMED: gettext_lazy("confirmed"),
    Company.TaxIdState.REFUSED: gettext_lazy("unknown to the register"),
}
# In an hour, of one customer.
MOST_TRIES = 10


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def company(visit: Visit, customer: Customer) -> HttpResponse:
    only_with_companies(visit)
    if visit.member is not None:
        return _page(visit, visit.member)
    initial = {"country": visit.settings.country, **typed_again(visit)}
    form = CompanyForm(posted(visit.request), initial=initial, language=visit.language)
    if not form.is_bound:
        context = {"form": form, "waiting": _waiting(visit, customer)}
        return account_page(visit, "company_new.html", context, here="company")
    status = 422
    if form.is_valid():
        try:
            count_mailbox(customer.email, "company", most=MOST_TRIES)
            found_company(customer, form.details)
        except InvalidCompany as refusal:
            form.blame(refusal)
        except (RuleViolation, TooOften) as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            messages.success(visit.request, _("Thank you. We write to you as soon as your company can order."))
            return redirect("storefront:company")
    return account_page(visit, "company_new.html", {"form": form}, here="company", status=status)


@only_forms
@for_members
def leave(visit: Visit, member: CompanyMember) -> HttpResponse:
    try:
        leave_company(member)
    except RuleViolation as refusal:
        return _page(visit, member, problem=str(refusal), status=refusal.status)
    messages.success(visit.request, _("You have left %(company)s.") % {"company": member.company.name})
    return redirect("storefront:company")


def _page(visit: Visit, member: CompanyMember, *, problem: str = "", status: int = 200) -> HttpResponse:
    found = member.company
    context: dict[str, Any] = {
        "problem": problem,
        "name": found.name,
        "state": str(STATES[Company.Status(found.status)]),
        "tax_id": found.tax_id,
        "tax_id_state": str(TAX_ID_STATES[Company.TaxIdState(found.tax_id_state)]),
        "address_lines": address_lines({name: getattr(found, name) for name in PLACE}),
        "role": str(ROLE_NAMES[CompanyMember.Role(member.role)]),
        "order_limit": "" if member.order_limit is None else visit.money(member.order_limit),
        "is_active": member.is_active,
        "is_admin": member.is_admin,
        "waiting": [] if member.is_active else _waiting(visit, member.customer),
        "rule": _rule(found, visit),
        "credit": _credit(found, visit) if found.is_approved and found.pay_later and member.is_active else None,
    }
    return account_page(visit, "company.html", context, here="company", status=status)


def _waiting(visit: Visit, customer: Customer) -> list[dict[str, Any]]:
    """What who buys for no company any more asked for, and can still take back."""
    return [
        {"url": reverse("storefront:company_request", args=[asked.pk]), "asked_at": asked.created_at}
        for asked in waiting_of(customer.pk)
    ]


def _rule(found: Company, visit: Visit) -> str:
    match found.approval_rule:
        case Company.ApprovalRule.ALL:
            return _("Every order has to be approved.")
        case Company.ApprovalRule.ABOVE:
            return _("Orders above %(amount)s have to be approved.") % {"amount": visit.money(found.approval_above)}  # type: ignore[arg-type]
    return ""


def _credit(found: Company, visit: Visit) -> dict[str, str]:
    due = open_amount(found.pk, visit.settings.currency)
    days = found.payment_days
    return {
        "limit": visit.money(found.credit_limit),
        "open": visit.money(due),
        "free": visit.money(max(found.credit_limit - due, due * 0)),
        "terms": ngettext("Invoices are due after %(number)s day.", "Invoices are due after %(number)s days.", days)
        % {"number": number(days)},
    }
