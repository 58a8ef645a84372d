"""An order's money in the back office: what was paid and given back, and the page that gives more back."""

import secrets
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from smartseller.errors import NotReady, RuleViolation
from tenant_shop.backoffice.base import ShopInline, amount
from tenant_shop.backoffice.money import MoneyField
from tenant_shop.orders.models import Order, OrderItem
from tenant_shop.payments.methods import KNOWN
from tenant_shop.payments.models import Payment, PaymentRefund
from tenant_shop.payments.refund import refund_amount, refund_lines, refundable
from tenant_shop.payments.refund_amounts import line_price, pieces_given, shipping_price

LONGEST_REASON = 200


class OwedFilter(admin.SimpleListFilter):
    """Orders whose customers are owed money: paid too late, cancelled when paid, or paid twice."""

    title = "money to give back"
    parameter_name = "owed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        return queryset.filter(owed_amount__gt=0) if self.value() == "yes" else queryset


class MoneyInline(ShopInline):
    """Rows that nobody edits."""

    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        return False


class PaymentInline(MoneyInline):
    model = Payment
    verbose_name_plural = "payments"
    fields = ("created_at", "way", "state", "asked_for", "taken", "given_back", "gateway_reference")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        return super().get_queryset(request).prefetch_related("entries")  # type: ignore[no-any-return]

    @display(description="Method")
    def way(self, payment: Payment) -> str:
        return KNOWN[payment.method].name if payment.method in KNOWN else payment.method or payment.gateway

    @display(description="Amount")
    def asked_for(self, payment: Payment) -> str:
        return amount(payment.amount, payment.currency)

    @display(description="Taken")
    def taken(self, payment: Payment) -> str:
        return amount(payment.captured_amount or None, payment.currency)

    @display(description="Given back")
    def given_back(self, payment: Payment) -> str:
        return amount(payment.refunded_amount or None, payment.currency)


class LinesForm(forms.Form):
    """Pieces of each line, and delivery. The names of the fields carry the lines' ids."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, order: Order, items: list[OrderItem], given: dict[UUID, int]) -> None:
        super().__init__(data, initial={"key": secrets.token_urlsafe(24)})
        for item in items:
            left = item.quantity - given.get(item.pk, 0)
            if left > 0:
                self.fields[f"pieces-{item.pk}"] = forms.IntegerField(
                    label=f"{item.product_name} · {item.product_sku}",
                    required=False,
                    min_value=0,
                    max_value=left,
                    help_text=f"At most {left}; all {item.quantity} cost "
                    f"{amount(line_price(item, order), order.currency)}.",
                    widget=UnfoldAdminIntegerFieldWidget,
                )
        if shipping_price(order):
            self.fields["shipping"] = forms.BooleanField(
                label=f"The delivery: {amount(shipping_price(order), order.currency)}",
                required=False,
                widget=UnfoldBooleanWidget,
            )
        self.fields["restock"] = forms.BooleanField(
            label="Put the goods back on sale", required=False, widget=UnfoldBooleanWidget
        )
        self.fields["reason"] = reason_field()

    @property
    def wanted(self) -> dict[UUID, int]:
        return {
            UUID(name.removeprefix("pieces-")): pieces
            for name, pieces in self.cleaned_data.items()
            if name.startswith("pieces-") and pieces
        }


class AmountForm(forms.Form):
    """A plain amount of one payment."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    payment = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, payment: Payment | None = None, possible: Decimal = Decimal(0)) -> None:
        initial = {"key": secrets.token_urlsafe(24), "payment": payment.pk if payment else None, "amount": possible}
        super().__init__(data, initial=initial, auto_id=f"id_{payment.pk if payment else 'amount'}_%s")
        self.fields["amount"] = MoneyField(
            max_digits=15, decimal_places=3, label="Amount", widget=UnfoldAdminTextInputWidget
        )
        self.fields["reason"] = reason_field()


def reason_field() -> forms.CharField:
    return forms.CharField(label="Reason", required=False, max_length=LONGEST_REASON, widget=UnfoldAdminTextInputWidget)


def refund_page(request: HttpRequest, order_id: UUID, page: Any) -> HttpResponseBase:
    """Give lines of an order back, or an amount of one of its payments. `page` is the orders' page (OrderAdmin)."""
    if not page.has_act_permission(request):
        raise PermissionDenied
    order = Order.objects.prefetch_related("items").filter(pk=order_id).first()
    if order is None:
        raise Http404
    lines = _lines_form(request, order, posted=request.method == "POST" and "payment" not in request.POST)
    if request.method == "POST":
        form = AmountForm(request.POST) if "payment" in request.POST else lines
        if form.is_valid():
            _give_back(request, order, form, page)
            return redirect("admin:tenant_shop_order_change", order_id)
        for errors in form.errors.values() if isinstance(form, AmountForm) else ():
            for error in errors:
                messages.error(request, str(error))
    possible = {payment: refundable(payment) for payment in Payment.objects.filter(order=order)}
    context = {
        **page.admin_site.each_context(request),
        "title": f"Give money of order {order.order_number} back",
        "order": order,
        "opts": page.opts,
        "lines": lines,
        "amounts": [
            (amount(left, payment.currency), AmountForm(payment=payment, possible=left))
            for payment, left in possible.items()
            if left > 0
        ],
    }
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "admin/shop/refund.html", context, status=status)


def _lines_form(request: HttpRequest, order: Order, *, posted: bool) -> LinesForm:
    refunds = PaymentRefund.objects.filter(payment__order=order)
    items = list(order.items.all())
    return LinesForm(request.POST if posted else None, order=order, items=items, given=pieces_given(refunds))


def _give_back(request: HttpRequest, order: Order, form: LinesForm | AmountForm, page: Any) -> None:
    given, actor = form.cleaned_data, str(request.user.pk)
    try:
        if isinstance(form, LinesForm):
            refunds = refund_lines(
                order.pk,
                wanted=form.wanted,
                shipping=given.get("shipping", False),
                restock=given["restock"],
                key=given["key"],
                actor=actor,
                reason=given["reason"],
            )
        else:
            _check_belongs(order, given["payment"])
            refunds = [
                refund_amount(
                    given["payment"], amount=given["amount"], key=given["key"], actor=actor, reason=given["reason"]
                )
            ]
    except (RuleViolation, NotReady) as error:
        messages.error(request, str(error))
        return
    written = amount(sum((refund.amount for refund in refunds), Decimal(0)), order.currency)
    page.note(request, "refund", order, [{"refunded": {"fields": [written]}}])
    if all(refund.state == PaymentRefund.State.SUCCEEDED for refund in refunds):
        messages.success(request, f"{written} was given back.")
    else:
        messages.warning(request, f"{written} is on its way back; the payment service has not confirmed it yet.")


def _check_belongs(order: Order, payment_id: UUID) -> None:
    """What the audit log says of an order is about its own payments."""
    if not Payment.objects.filter(pk=payment_id, order=order).exists():
        raise Http404
