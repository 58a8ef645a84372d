"""A customer's points: every entry of the ledger, and the form that adds one by hand."""

import secrets
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminRadioSelectWidget, UnfoldAdminTextInputWidget

from platform_core.accounts.models import PlatformUser
from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.customers.models import Customer
from tenant_shop.loyalty.correct import correct_points
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.points import MOST
from tenant_shop.loyalty.read import entries_of

PER_PAGE = 50
LONGEST_REASON = 200


class CorrectionForm(forms.Form):
    """So many points more or fewer, and why."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    change = forms.ChoiceField(
        choices=[("add", "Add"), ("take", "Take")], initial="add", widget=UnfoldAdminRadioSelectWidget
    )
    points = forms.IntegerField(min_value=1, max_value=MOST, widget=UnfoldAdminIntegerFieldWidget)
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        widget=UnfoldAdminTextInputWidget,
        help_text="Kept beside the entry; not shown on the customer's page.",
    )

    @property
    def difference(self) -> int:
        points: int = self.cleaned_data["points"]
        return points if self.cleaned_data["change"] == "add" else -points


def points_page(request: HttpRequest, customer_id: UUID, page: Any) -> HttpResponseBase:
    """Show the ledger to who may see customers, and correct it for who may add entries. `page` is the customers' page
    (CustomerAdmin)."""
    if not request.user.has_perm("tenant_shop.view_loyaltyentry"):
        raise PermissionDenied
    may_correct = request.user.has_perm("tenant_shop.add_loyaltyentry")
    if request.method == "POST" and not may_correct:
        raise PermissionDenied
    customer = Customer.objects.filter(pk=customer_id).first()
    if customer is None:
        raise Http404
    form = CorrectionForm(
        request.POST if request.method == "POST" else None, initial={"key": secrets.token_urlsafe(24)}
    )
    if request.method == "POST" and form.is_valid() and _correct(request, customer, form, page):
        return redirect("admin:tenant_shop_customer_points", customer_id)
    entries = Paginator(entries_of(customer), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **page.admin_site.each_context(request),
        "title": f"Points of {customer.email}",
        "customer": customer,
        "balance": f"{customer.loyalty_points:,}",
        "opts": page.opts,
        "entries": _rows(list(entries)),
        "page": entries,
        "form": form if may_correct else None,
    }
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "admin/shop/points.html", context, status=status)


def _correct(request: HttpRequest, customer: Customer, form: CorrectionForm, page: Any) -> bool:
    given = form.cleaned_data
    try:
        with shop_transaction():
            entry = correct_points(
                customer.pk,
                points=form.difference,
                reason=given["reason"],
                actor=str(request.user.pk),
                key=given["key"],
            )
            words = [{"corrected": {"fields": [f"points: {entry.points:+d}, {entry.note}"]}}]
            page.note(request, "correct", customer, words)
    except RuleViolation as refusal:
        form.add_error("points", str(refusal))
        return False
    messages.success(request, f"{entry.points:+,} points.")
    return True


def _rows(entries: list[LoyaltyEntry]) -> list[dict[str, Any]]:
    """The entries with who made them: an e-mail address for the shop's people, else the name of a job."""
    people = _people(entries)
    return [
        {
            "at": entry.created_at,
            "points": entry.points,
            "reason": entry.get_reason_display(),
            "note": entry.note,
            "order": entry.order,
            "by": people.get(entry.actor, "the shop" if _is_id(entry.actor) else entry.actor),
        }
        for entry in entries
    ]


def _people(entries: list[LoyaltyEntry]) -> dict[str, str]:
    ids = {UUID(entry.actor) for entry in entries if _is_id(entry.actor)}
    users = PlatformUser.objects.filter(pk__in=ids).values_list("pk", "email")
    return {str(user_id): email for user_id, email in users}


def _is_id(actor: str) -> bool:
    try:
        UUID(actor)
    except ValueError:
        return False
    return True
