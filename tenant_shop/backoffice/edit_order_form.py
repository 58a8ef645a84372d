"""The form of an order that is changed by hand: its lines, what is added, its addresses and its delivery."""

import secrets
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldBooleanWidget,
)

from tenant_shop.backoffice.address_fields import BILLING, address_fields, address_in, text
from tenant_shop.backoffice.goods_rows import GoodsRows
from tenant_shop.backoffice.money import MoneyField
from tenant_shop.carts.lines import MAX_QUANTITY
from tenant_shop.orders.address import FIELDS
from tenant_shop.orders.by_hand import LONGEST_DELIVERY, OWN_DELIVERY, own_delivery
from tenant_shop.orders.editing import Change, mark_of
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order

PIECES = "pieces-"
LEFT = ("", "As it is")
OWN = (OWN_DELIVERY, "At a price of your own, below")


class EditOrderForm(forms.Form):
    """`seen` is the mark of the order that its user looks at, `key` names the submission."""

    seen = forms.CharField(max_length=16, widget=forms.HiddenInput)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    expected_total = forms.DecimalField(required=False, widget=forms.HiddenInput)
    delivery = forms.CharField(required=False, max_length=100, widget=UnfoldAdminRadioSelectWidget)
    delivery_name = text("Your own delivery", LONGEST_DELIVERY, initial="Delivery")
    tell = forms.BooleanField(
        label="Mail the customer the order as it is then",
        required=False,
        initial=True,
        widget=UnfoldBooleanWidget,
        help_text="With how to pay what is left, if anything is.",
    )

    def __init__(self, data: QueryDict | None, *, order: Order, items: Sequence[OrderItem]) -> None:
        self.order, self.items = order, items
        addresses = {name: order.shipping_address.get(name, "") for name in FIELDS}
        addresses |= {BILLING + name: order.billing_address.get(name, "") for name in FIELDS}
        mark = {"seen": mark_of(order, items), "key": secrets.token_urlsafe(24)}
        super().__init__(data, initial={**mark, **addresses})
        own, self.fields = self.fields, {}
        for item in items:
            options = " / ".join(str(value) for value in item.variant_info.values())
            self.fields[f"{PIECES}{item.pk}"] = forms.IntegerField(
                label=" · ".join(part for part in (item.product_name, options, item.product_sku) if part),
                min_value=0,
                max_value=MAX_QUANTITY,
                initial=item.quantity,
                disabled=bool(item.quantity_fulfilled),
                help_text=f"{item.quantity_fulfilled} of {item.quantity} were sent." if item.quantity_fulfilled else "",
                widget=UnfoldAdminIntegerFieldWidget,
            )
        self.fields |= own | address_fields() | address_fields(BILLING)
        self.fields["delivery_amount"] = MoneyField(
            label="Its price",
            required=False,
            min_value=0,
            max_digits=13,
            decimal_places=3,
            widget=UnfoldAdminDecimalFieldWidget(),
        )
        self.rows = GoodsRows(data)
        self.offer([])

    def offer(self, deliveries: Sequence[tuple[str, str]]) -> None:
        """Show these ways to deliver beside the order's own."""
        self.fields["delivery"].widget.choices = [LEFT, *deliveries, OWN]

    @property
    def lines(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(PIECES)]

    @property
    def address(self) -> list[forms.BoundField]:
        return [self[name] for name in FIELDS]

    @property
    def bill(self) -> list[forms.BoundField]:
        return [self[BILLING + name] for name in FIELDS]

    @property
    def deliver(self) -> list[forms.BoundField]:
        return [self[name] for name in ("delivery", "delivery_name", "delivery_amount")]

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or self.cleaned_data
        self.rows.read()
        if self.rows.errors:
            self.add_error(None, "Please check the goods.")
        if given.get("delivery") == OWN_DELIVERY and given.get("delivery_amount") is None:
            self.add_error("delivery_amount", "Say what this delivery costs.")
        return given

    @property
    def change(self) -> Change:
        """What is to be changed. Errors: NotTakenLikeThis."""
        given = self.cleaned_data
        is_own = given["delivery"] == OWN_DELIVERY
        return Change(
            pieces={
                UUID(name.removeprefix(PIECES)): pieces for name, pieces in given.items() if name.startswith(PIECES)
            },
            added=self.rows.goods,
            shipping_address=self._moved(""),
            billing_address=self._moved(BILLING),
            delivery_code=(given["delivery"] or None) if not is_own else None,
            own_delivery=own_delivery(given["delivery_name"], given["delivery_amount"], self.order.currency)
            if is_own
            else None,
        )

    def _moved(self, prefix: str) -> dict[str, str] | None:
        """The address, unless its user has left it alone."""
        if not any(prefix + name in self.changed_data for name in FIELDS):
            return None
        return address_in(self.cleaned_data, prefix)
