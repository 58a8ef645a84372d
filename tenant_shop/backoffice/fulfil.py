"""The page that sends an order, whole or in parts."""

import secrets
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.backoffice.differences import standing
from tenant_shop.orders.address_lines import address_lines
from tenant_shop.orders.carriers import CARRIERS
from tenant_shop.orders.fulfil import LONGEST_LINK, fulfil_order, unsent_pieces
from tenant_shop.orders.models import Order
from tenant_shop.orders.shipments import Shipment

PIECES = "pieces-"


class FollowedForm(forms.Form):
    """Who carries a parcel, and how it is followed."""

    carrier = forms.CharField(
        required=False,
        max_length=100,
        widget=UnfoldAdminTextInputWidget(attrs={"list": "carriers", "autocomplete": "off"}),
        help_text="Of the carriers that are suggested the customer gets a link.",
    )
    tracking_number = forms.CharField(
        required=False, max_length=100, widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})
    )
    tracking_url = forms.URLField(
        label="Link to follow the parcel",
        required=False,
        max_length=LONGEST_LINK,
        assume_scheme="https",
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text="For other carriers, or where the suggested link does not fit.",
    )


class FulfilForm(FollowedForm):
    """How many pieces of each line go into the parcel, and who carries it."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, order: Order, unsent: dict[UUID, int]) -> None:
        super().__init__(data, initial={"key": secrets.token_urlsafe(24)})
        own, self.fields = self.fields, {}
        for item in order.items.all():
            if left := unsent.get(item.pk, 0):
                options = " / ".join(str(value) for value in item.variant_info.values())
                self.fields[f"{PIECES}{item.pk}"] = forms.IntegerField(
                    label=" · ".join(part for part in (item.product_name, options, item.product_sku) if part),
                    required=False,
                    min_value=0,
                    max_value=left,
                    initial=left,
                    help_text=f"{left} of {item.quantity} to send.",
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


def fulfil_page(request: HttpRequest, order_id: UUID, page: Any) -> HttpResponseBase:
    """Choose what is sent, and send it. `page` is the orders' page (OrderAdmin)."""
    if not page.has_act_permission(request):
        raise PermissionDenied
    order = Order.objects.prefetch_related("items").filter(pk=order_id).first()
    if order is None:
        raise Http404
    # The second of two clicks: what it asks for is done, and is no longer possible.
    if request.method == "POST" and Shipment.objects.filter(order=order, key=request.POST.get("key", "")).exists():
        messages.info(request, "This parcel was sent already.")
        return redirect("admin:tenant_shop_order_change", order_id)
    form = FulfilForm(request.POST if request.method == "POST" else None, order=order, unsent=unsent_pieces(order))
    if request.method == "POST" and form.is_valid() and _send(request, order, form, page):
        return redirect("admin:tenant_shop_order_change", order_id)
    context = {
        **page.admin_site.each_context(request),
        "title": f"Send order {order.order_number}",
        "order": order,
        "ship_to": ", ".join(address_lines(order.shipping_address, is_pickup=order.is_pickup)),
        "opts": page.opts,
        "form": form,
        "carriers": sorted(CARRIERS),
    }
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "admin/shop/fulfil.html", context, status=status)


def _send(request: HttpRequest, order: Order, form: FulfilForm, page: Any) -> bool:
    given = form.cleaned_data
    followed = " ".join(part for part in (given["carrier"], given["tracking_number"]) if part)
    try:
        with shop_transaction():
            was = standing(Order, order.pk)
            sent = fulfil_order(
                order.pk,
                pieces=form.pieces,
                key=given["key"],
                actor=str(request.user.pk),
                carrier=given["carrier"],
                tracking_number=given["tracking_number"],
                tracking_url=given["tracking_url"],
            )
            page.note(request, "send", sent, [{"sent": {"fields": [followed or "a parcel"]}}], was=was)
    except RuleViolation as refusal:
        form.add_error(None, str(refusal))
        return False
    is_whole = sent.fulfillment_status == Order.FulfillmentStatus.FULFILLED
    how = "shipped" if is_whole else "partly shipped"
    messages.success(request, f"Order {sent.order_number} is {how} now; the customer is told by mail.")
    return True
