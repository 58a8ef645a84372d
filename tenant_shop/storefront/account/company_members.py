"""A company's people: its admins see them, invite others and say what they may do."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from smartseller.errors import RuleViolation
from smartseller.throttle import TooOften, count_mailbox
from tenant_shop.companies.change_member import change_member
from tenant_shop.companies.errors import MemberNotFound
from tenant_shop.companies.invite import invitations_of, invite, withdraw_invitation
from tenant_shop.companies.membership import member_by_id, members_of
from tenant_shop.companies.models import CompanyMember
from tenant_shop.storefront.account.company_forms import ROLE_NAMES, InviteForm, MemberForm
from tenant_shop.storefront.account.company_gate import for_members
from tenant_shop.storefront.account.forms import posted
from tenant_shop.storefront.account.gate import account_page
from tenant_shop.storefront.only_forms import only_forms
from tenant_shop.storefront.visit import Visit

# In an hour, of one admin.
MOST_INVITED = 30


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def members(visit: Visit, member: CompanyMember) -> HttpResponse:
    _only_admins(member)
    form = InviteForm(posted(visit.request), initial={"role": "buyer"}, currency=visit.settings.currency)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        given = form.cleaned_data
        try:
            count_mailbox(str(member.customer_id), "invite", most=MOST_INVITED)
            invite(
                member,
                given["email"],
                role=CompanyMember.Role(given["role"]),
                order_limit=given["order_limit"],
                language=visit.language,
            )
        except (RuleViolation, TooOften) as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            messages.success(visit.request, _("We have written to %(email)s.") % {"email": given["email"]})
            return redirect("storefront:company_members")
    context = {
        "company_name": member.company.name,
        "members": [_row(each, visit) for each in members_of(member.company_id)],
        "invitations": [
            {
                "id": token.pk,
                "email": token.email,
                "role": str(ROLE_NAMES[CompanyMember.Role(token.payload["role"])]),
                "expires_at": token.expires_at,
            }
            for token in invitations_of(member.company_id)
        ],
        "form": form if member.company.is_approved else None,
    }
    return account_page(visit, "company_members.html", context, here="company", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def member(visit: Visit, member: CompanyMember, member_id: UUID) -> HttpResponse:
    _only_admins(member)
    try:
        found = member_by_id(member.company_id, member_id)
    except MemberNotFound as error:
        raise Http404 from error
    initial = {"role": found.role, "order_limit": found.order_limit, "is_active": found.is_active}
    form = MemberForm(posted(visit.request), initial=initial, currency=visit.settings.currency)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        given = form.cleaned_data
        try:
            change_member(
                member,
                member_id,
                role=CompanyMember.Role(given["role"]),
                order_limit=given["order_limit"],
                is_active=given["is_active"],
            )
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            messages.success(visit.request, _("Saved."))
            return redirect("storefront:company_members")
    context = {"form": form, "member": _row(found, visit)}
    return account_page(visit, "company_member.html", context, here="company", status=status)


@only_forms
@for_members
def withdraw(visit: Visit, member: CompanyMember, invitation_id: UUID) -> HttpResponse:
    _only_admins(member)
    withdraw_invitation(member, invitation_id)
    messages.success(visit.request, _("The invitation is withdrawn."))
    return redirect("storefront:company_members")


def _only_admins(member: CompanyMember) -> None:
    if not member.is_admin:
        raise Http404


def _row(member: CompanyMember, visit: Visit) -> dict[str, Any]:
    return {
        "id": member.pk,
        "name": member.customer.full_name,
        "email": member.customer.email,
        "role": str(ROLE_NAMES[CompanyMember.Role(member.role)]),
        "order_limit": "" if member.order_limit is None else visit.money(member.order_limit),
        "is_active": member.is_active,
    }
