"""Cancelling in the back office: asked first, with a choice about the goods."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldBooleanWidget

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.backoffice.base import amount
from tenant_shop.backoffice.differences import standing
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.models import Order
from tenant_shop.payments.stand import entries_and_refunds, stand_of

BY_STAFF = "Cancelled by the shop."
BACK, LOST = "back", "lost"
KEPT_IN_THE_LOG = {BACK: "the goods are back on sale", LOST: "the goods are written off"}


class CancelForm(forms.Form):
    """What becomes of the goods. Nothing is cancelled by a form that does not say so."""

    goods = forms.ChoiceField(
        label="The goods",
        choices=[
            (BACK, "Put them back on sale"),
            (LOST, "Write them off as damaged"),
        ],
        initial=BACK,
        widget=UnfoldAdminRadioSelectWidget,
    )

    tell = forms.BooleanField(
        label="Tell the customer by mail", required=False, initial=True, widget=UnfoldBooleanWidget
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data if data is not None and "goods" in data else None)


def cancel_page(request: HttpRequest, order_id: UUID, page: Any) -> HttpResponseBase:
    """Ask, and cancel. `page` is the orders' page (OrderAdmin)."""
    if not page.has_act_permission(request):
        raise PermissionDenied
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        raise Http404
    form = CancelForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            order = cancel_by_staff(request, order_id, page, form)
        except RuleViolation as refusal:
            messages.error(request, str(refusal))
        else:
            told = "; the customer is told by mail" if form.cleaned_data["tell"] else ""
            messages.success(request, f"Order {order.order_number} is cancelled now{told}.")
        return redirect("admin:tenant_shop_order_change", order_id)
    taken = stand_of(order, *entries_and_refunds(order))
    context = {
        **page.admin_site.each_context(request),
        "title": f"Cancel order {order.order_number}",
        "opts": page.opts,
        "order": order,
        "paid": amount(taken.refundable, order.currency) if taken.refundable else "",
        "form": form,
    }
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "admin/shop/cancel_order.html", context, status=status)


def cancel_by_staff(request: HttpRequest, order_id: UUID, page: Any, form: CancelForm) -> Order:
    """Cancel as a valid form says and note it in the audit log, both or neither. Errors: those of `cancel_order`."""
    goods, tell = form.cleaned_data["goods"], form.cleaned_data["tell"]
    with shop_transaction():
        was = standing(Order, order_id)
        order = cancel_order(order_id, reason=BY_STAFF, actor=str(request.user.pk), restock=goods == BACK, tell=tell)
        words = [KEPT_IN_THE_LOG[goods], *([] if tell else ["the customer is not told"])]
        page.note(request, "cancel", order, [{"cancelled": {"fields": words}}], was=was)
    return order
