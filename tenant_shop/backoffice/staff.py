"""The shop's people: who works here, inviting, changing and removing them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from platform_core.accounts.models import AccessRole, TenantAccess
from platform_core.accounts.permissions import ranks_below
from platform_core.accounts.staff.change import change_staff, remove_staff
from platform_core.accounts.staff.invite import revoke_invitation
from platform_core.accounts.staff.models import TenantInvitation
from platform_core.accounts.staff.seats import LIVE, seats_taken, terms_of_shop
from platform_core.plans.limits import Limited, PlanLimitReached
from platform_core.tenancy.context import current_tenant
from smartseller.errors import RuleViolation
from tenant_shop.backoffice.access import staff_access
from tenant_shop.backoffice.fresh import when_fresh_to
from tenant_shop.backoffice.origin import origin_of
from tenant_shop.backoffice.staff_forms import InviteForm, PersonForm
from tenant_shop.staff.invite import invite, send_again

# Not the plan's limit, which may be none: what one page shows.
MOST_SHOWN = 500
SAME = "Nothing was different."


@require_http_methods(["GET", "HEAD", "POST"])
@when_fresh_to("change_staff")
def staff(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """Who works here and who is invited, and the form that invites."""
    own = _check(request, "change" if request.method == "POST" else "view")
    form = InviteForm(request.POST or None, own_role=own.role, initial={"role": AccessRole.EDITOR})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            invited = invite(
                email=given["email"],
                role=AccessRole(given["role"]),
                access_expires_at=form.ends_at,
                actor_id=own.platform_user_id,
                origin=origin_of(request),
            )
        except RuleViolation as refusal:
            form.add_error(None if isinstance(refusal, PlanLimitReached) else "email", str(refusal))
        else:
            messages.success(request, f"{invited.email} is invited. The mail with the link is on its way.")
            return redirect("admin:staff")
    context = {**site.each_context(request), "title": "Staff", "form": form, **_listed(request, own)}
    return TemplateResponse(request, "admin/shop/staff.html", context, status=422 if form.errors else 200)


def _listed(request: HttpRequest, own: TenantAccess) -> dict[str, Any]:
    """Five statements, however many people there are."""
    shop_id = current_tenant().id
    people = TenantAccess.objects.filter(tenant=shop_id, is_active=True).select_related("platform_user", "granted_by")
    live = set(people.filter(LIVE).values_list("pk", flat=True))
    invitations = TenantInvitation.objects.filter(tenant=shop_id, accepted_at=None, revoked_at=None)
    limit = terms_of_shop(shop_id).of(Limited.STAFF_USERS)
    taken = seats_taken(shop_id)
    return {
        "may_change": request.user.has_perm("tenant_shop.change_staff"),
        "people": [
            {
                "access": access,
                "user": access.platform_user,
                "role": access.get_role_display(),
                "is_you": access.pk == own.pk,
                "is_over": access.pk not in live,
                "is_platform": access.platform_user.is_operator,
                "has_exceptions": bool(access.permissions),
                "may_change": not ranks_below(own.role, access.role),
            }
            for access in people.order_by("platform_user__email")[:MOST_SHOWN]
        ],
        "invitations": [
            {
                "invitation": invitation,
                "role": invitation.get_role_display(),
                "is_over": not invitation.is_open(timezone.now()),
                "may_change": not ranks_below(own.role, invitation.role),
            }
            for invitation in invitations.order_by("email")[:MOST_SHOWN]
        ],
        "taken": taken,
        "limit": limit,
        "is_full": limit is not None and taken >= limit,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@when_fresh_to("change_staff")
def person(request: HttpRequest, access_id: UUID, site: AdminSite) -> HttpResponseBase:
    """What one of the shop's people may do, and until when."""
    own = _check(request, "change")
    access = _found(access_id)
    if ranks_below(own.role, access.role):
        raise PermissionDenied
    form = PersonForm(request.POST or None, access=access, own_role=own.role)
    if request.method == "POST" and form.is_valid():
        same_end = form.cleaned_data["last_day"] == form.initial["last_day"]
        try:
            change_staff(
                access_id,
                tenant_id=current_tenant().id,
                role=AccessRole(form.cleaned_data["role"]),
                expires_at=access.expires_at if same_end else form.ends_at,
                exceptions=form.exceptions,
                actor_id=own.platform_user_id,
                origin=origin_of(request),
            )
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Saved. It holds from the next click on." if form.has_changed() else SAME)
            return redirect("admin:staff")
    context = {
        **site.each_context(request),
        "title": access.platform_user.full_name,
        "form": form,
        "person": access.platform_user,
        "access": access,
        "is_you": access.pk == own.pk,
    }
    return TemplateResponse(request, "admin/shop/staff_person.html", context, status=422 if form.errors else 200)


@require_POST
@when_fresh_to("change_staff")
def remove(request: HttpRequest, access_id: UUID, site: AdminSite) -> HttpResponseBase:
    """End somebody's access."""
    own = _check(request, "change")
    access = _found(access_id)
    try:
        remove_staff(access_id, tenant_id=current_tenant().id, actor_id=own.platform_user_id, origin=origin_of(request))
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{access.platform_user.email} does not work here any more.")
    return redirect("admin:staff")


@require_POST
@when_fresh_to("change_staff")
def resend(request: HttpRequest, invitation_id: UUID, site: AdminSite) -> HttpResponseBase:
    """Mail a new link."""
    own = _check(request, "change")
    try:
        sent = send_again(invitation_id, actor_id=own.platform_user_id, origin=origin_of(request))
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"A new link is on its way to {sent.email}. The one before does not work any more.")
    return redirect("admin:staff")


@require_POST
def revoke(request: HttpRequest, invitation_id: UUID, site: AdminSite) -> HttpResponseBase:
    """Withdraw an invitation."""
    own = _check(request, "change")
    try:
        gone = revoke_invitation(
            invitation_id, tenant_id=current_tenant().id, actor_id=own.platform_user_id, origin=origin_of(request)
        )
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"The invitation of {gone.email} is withdrawn.")
    return redirect("admin:staff")


def _check(request: HttpRequest, action: str) -> TenantAccess:
    access = staff_access(request)
    if access is None or not request.user.has_perm(f"tenant_shop.{action}_staff"):
        raise PermissionDenied
    return access


def _found(access_id: UUID) -> TenantAccess:
    """Somebody of this shop; 404 for anybody else's people."""
    rows = TenantAccess.objects.filter(pk=access_id, tenant=current_tenant().id, is_active=True)
    found = rows.select_related("platform_user").first()
    if found is None:
        raise Http404
    return found
