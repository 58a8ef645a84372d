"""Merging a customer's second account into the one whose page this is: choose it, look at what moves, confirm."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from unfold.widgets import UnfoldAdminEmailInputWidget

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.backoffice.base import amount
from tenant_shop.backoffice.differences import plain
from tenant_shop.backoffice.looked_at import seal, unseal
from tenant_shop.customers.find import customer_by_email
from tenant_shop.customers.merge import merge_customers
from tenant_shop.customers.merge_plan import MergePlan, plan_merge
from tenant_shop.customers.merged import merged_into
from tenant_shop.customers.models import Customer

SALT = "smartseller.backoffice.merge_customers"
LOOKED_AT_FOR = 3600
# What the log says of the account that stays, before and after.
MOVED = ("total_orders", "total_spent", "loyalty_points", "loyalty_tier", "marketing_consent")
LOOK_AGAIN = "Nothing was merged: look again at what moves, and confirm it within an hour."


class OtherForm(forms.Form):
    """Which account is merged into this one."""

    email = forms.EmailField(
        label="E-mail address of the other account",
        max_length=255,
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off", "list": "known-customers"}),
        help_text="The account that ends. Nothing is merged before you have seen what moves.",
    )


def merge_page(request: HttpRequest, customer_id: UUID, page: Any) -> HttpResponseBase:
    """For who may delete customers. `page` is the customers' page (CustomerAdmin)."""
    if not page.has_delete_permission(request):
        raise PermissionDenied
    survivor = Customer.objects.filter(pk=customer_id, status=Customer.Status.ACTIVE).first()
    if survivor is None:
        raise Http404
    if request.POST.get("do") == "merge":
        return _merge(request, survivor, page)
    form = OtherForm(request.POST if request.method == "POST" else None)
    plan = _plan(form, survivor) if request.method == "POST" and form.is_valid() else None
    context = {
        **page.admin_site.each_context(request),
        "title": f"Merge with {survivor.email}",
        "opts": page.opts,
        "customer": survivor,
        "form": form,
        "plan": plan,
        "shown": _shown(plan) if plan else None,
        "looked_at": seal(request, {"plan": plan.told}, salt=SALT) if plan else "",
    }
    refused = request.method == "POST" and plan is None
    return TemplateResponse(request, "admin/shop/merge_customers.html", context, status=422 if refused else 200)


def _plan(form: OtherForm, survivor: Customer) -> MergePlan | None:
    """What would move; None, with the reason in the form, when the two cannot be merged."""
    other = customer_by_email(form.cleaned_data["email"])
    if other is None:
        form.add_error("email", "No account has this address.")
        return None
    try:
        return plan_merge(survivor, other)
    except RuleViolation as refusal:
        form.add_error("email", str(refusal))
        return None


def _merge(request: HttpRequest, survivor: Customer, page: Any) -> HttpResponseBase:
    """Merge what the page showed to this user. The second of two clicks finds it done."""
    here = redirect("admin:tenant_shop_customer_merge", survivor.pk)
    profile = redirect("admin:tenant_shop_customer_change", survivor.pk)
    try:
        told = unseal(request, request.POST.get("looked_at", ""), salt=SALT, good_for=LOOKED_AT_FOR)["plan"]
    except signing.BadSignature:  # SignatureExpired is one
        messages.error(request, LOOK_AGAIN)
        return here
    (survivor_id, _), (other_id, email) = told["survivor"], told["other"]
    other = Customer.objects.filter(pk=UUID(other_id)).first()
    if survivor_id != str(survivor.pk) or other is None:
        messages.error(request, LOOK_AGAIN)
        return here
    if merged_into(other) == survivor.pk:
        messages.info(request, f"{email} was merged already.")
        return profile
    try:
        with shop_transaction():
            plan = merge_customers(survivor.pk, other.pk, actor=str(request.user.pk), looked_at=told)
            stays = Customer.objects.get(pk=survivor.pk)
            page.note(
                request,
                "merge",
                stays,
                [{"merged": {"fields": [_in_words(plan)]}}],
                before=_standing(survivor),
                after=_standing(stays),
            )
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return here
    messages.success(request, f"{email} is merged into {stays.email}, and is no account any more.")
    return profile


def _standing(customer: Customer) -> dict[str, Any]:
    return {name: plain(getattr(customer, name)) for name in MOVED}


def _in_words(plan: MergePlan) -> str:
    """For the log, which keeps nothing that says who they are."""
    counted = ", ".join(f"{count} {kind}" for kind, count in plan.moved.items() if count)
    points = plan.points[1] - plan.points[0]
    return f"customer {plan.other.pk}: {counted or 'nothing'}; {points:+d} points"


def _shown(plan: MergePlan) -> dict[str, Any]:
    stays, ends = plan.belonging.stays, plan.belonging.ends
    return {
        "moved": [(kind.capitalize(), f"{count:,}") for kind, count in plan.moved.items() if count],
        "ended": [(kind.capitalize(), f"{count:,}") for kind, count in plan.ended.items() if count],
        "stays": [(kind.capitalize(), f"{count:,}") for kind, count in plan.stays.items() if count],
        "sums": [
            ("Orders delivered", *(f"{count:,}" for count in plan.orders)),
            ("Spent", *(amount(value) for value in plan.spent)),
            ("Points", *(f"{points:,}" for points in plan.points)),
        ],
        "buys_for": f"{stays.company.name}, as {stays.get_role_display().lower()}" if stays else "",
        "leaves": ends.company.name if stays and ends and ends.company_id != stays.company_id else "",
    }
