"""The page on which staff open a return for a customer."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanWidget,
)

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.orders.models import Order
from tenant_shop.returns.models import Return
from tenant_shop.returns.move import LONGEST_ANSWER
from tenant_shop.returns.open import open_return
from tenant_shop.returns.returnable import is_returnable, returnable_pieces

PIECES = "pieces-"
WAIT, IS_HERE = "wait", "here"
GOODS = (
    (WAIT, "The customer sends them: wait for them"),
    (IS_HERE, "They are here already: do not wait"),
)


class OpenReturnForm(forms.Form):
    """How many pieces of each line come back, why, and whether anybody waits for them."""

    reason = forms.ChoiceField(
        choices=[("", "Please choose"), *((reason.value, reason.label) for reason in Return.Reason)],
        widget=UnfoldAdminSelectWidget,
    )
    goods = forms.ChoiceField(label="The goods", choices=GOODS, initial=WAIT, widget=UnfoldAdminRadioSelectWidget)
    restock = forms.BooleanField(
        label="Put them back on sale",
        required=False,
        widget=UnfoldBooleanWidget,
        help_text="For goods that are here; of others it is asked when they come.",
    )
    answer = forms.CharField(
        label="Your words to the customer",
        required=False,
        max_length=LONGEST_ANSWER,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="They stand in the mail and on the customer's page.",
    )

    def __init__(self, data: Any, *, order: Order, left: dict[UUID, int]) -> None:
        super().__init__(data)
        own, self.fields = self.fields, {}
        for item in order.items.all():
            if pieces := left.get(item.pk, 0):
                options = " / ".join(str(value) for value in item.variant_info.values())
                self.fields[f"{PIECES}{item.pk}"] = forms.IntegerField(
                    label=" · ".join(part for part in (item.product_name, options, item.product_sku) if part),
                    required=False,
                    min_value=0,
                    max_value=pieces,
                    initial=0,
                    help_text=f"Up to {pieces} of {item.quantity}.",
                    widget=UnfoldAdminIntegerFieldWidget,
                )
        self.fields |= own

    @property
    def pieces(self) -> dict[UUID, int]:
        return {
            UUID(name.removeprefix(PIECES)): pieces
            for name, pieces in self.cleaned_data.items()
            if name.startswith(PIECES) and pieces
        }


def can_be_returned(order: Order) -> bool:
    """Whether something of it may come back now. At most three statements."""
    in_time = is_returnable(order, return_days=shop_settings().return_days, now=timezone.now())
    return in_time and bool(returnable_pieces(order))


def open_return_page(request: HttpRequest, order_id: UUID, page: Any) -> HttpResponseBase:
    """Choose what comes back, and open the return. `page` is the orders' page (OrderAdmin)."""
    if not (page.has_act_permission(request) and request.user.has_perm("tenant_shop.change_return")):
        raise PermissionDenied
    order = Order.objects.prefetch_related("items").filter(pk=order_id).first()
    if order is None:
        raise Http404
    left = returnable_pieces(order) if can_be_returned(order) else {}
    form = OpenReturnForm(request.POST if request.method == "POST" else None, order=order, left=left)
    if request.method == "POST" and form.is_valid():
        opened = _open(request, order, form, page)
        if opened is not None:
            return redirect("admin:tenant_shop_return_change", opened.pk)
    context = {
        **page.admin_site.each_context(request),
        "title": f"Open a return for order {order.order_number}",
        "order": order,
        "opts": page.opts,
        "form": form,
        "has_lines": bool(left),
    }
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "admin/shop/open_return.html", context, status=status)


def _open(request: HttpRequest, order: Order, form: OpenReturnForm, page: Any) -> Return | None:
    given = form.cleaned_data
    is_here = given["goods"] == IS_HERE
    try:
        with shop_transaction():
            opened = open_return(
                order.pk,
                form.pieces,
                reason=Return.Reason(given["reason"]),
                is_here=is_here,
                restock=is_here and given["restock"],
                answer=given["answer"],
                actor=str(request.user.pk),
            )
            words = f"{sum(form.pieces.values())} pieces, {opened.get_reason_display().lower()}"
            page.note(request, "open_return_of", order, [{"opened": {"fields": [words]}}])
    except RuleViolation as refusal:
        form.add_error(None, str(refusal))
        return None
    what = "Give the money back below." if is_here else "The goods are waited for."
    messages.success(request, f"The return is open; the customer is told by mail. {what}")
    return opened
