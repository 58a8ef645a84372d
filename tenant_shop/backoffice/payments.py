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
from django.utils.html import format_html
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from smartseller.errors import NotReady, RuleViolation
from tenant_shop.backoffice.base import ShopInline, amount, moment
from tenant_shop.backoffice.differences import standing
from tenant_shop.backoffice.money import MoneyField
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.failed_refunds import failed_refunds
from tenant_shop.payments.given_back import given_back, standing_of
from tenant_shop.payments.methods import KNOWN
from tenant_shop.payments.models import Payment, PaymentRefund
from tenant_shop.payments.refund import refund_amount, refund_lines
from tenant_shop.payments.refund_amounts import line_price, shipping_price
from tenant_shop.payments.refundable import owed_yet, refundable

LONGEST_REASON = 200


class OwedFilter(admin.SimpleListFilter):
    """Orders whose customers are owed money: paid too late, cancelled when paid, or paid twice."""

    title = "money to give back"
    parameter_name = "owed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        return queryset.filter(owed_amount__gt=0) if self.value() == "yes" else queryset


def failures_of(order: Order) -> list[str]:
    """What did not go back, and why. One statement."""
    failures = failed_refunds().filter(payment__order=order)
    return [f"{amount(refund.amount, refund.currency)}: {refund.problem}" for refund in failures]


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
    fields = ("begun", "way", "stand", "asked_for", "taken", "given_back")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        return super().get_queryset(request).prefetch_related("entries")  # type: ignore[no-any-return]

    @display(description="Begun")
    def begun(self, payment: Payment) -> str:
        return moment(payment.created_at)

    @display(description="Method")
    def way(self, payment: Payment) -> str:
        """With what the gateway knows it by."""
        name = KNOWN[payment.method].name if payment.method in KNOWN else payment.method or payment.gateway
        if not payment.gateway_reference:
            return str(name)
        return format_html('{}<br><span class="text-xs">{}</span>', name, payment.gateway_reference)

    @display(description="State")
    def stand(self, payment: Payment) -> str:
        """By its money where some moved: what a person enters by hand was asked of no gateway."""
        if payment.refunded_amount:
            return "Given back" if payment.refunded_amount >= payment.captured_amount else "Partly given back"
        if payment.captured_amount:
            return "Paid" if payment.captured_amount >= payment.amount else "Partly paid"
        if payment.state == Payment.State.NEW:
            return "Awaited"
        return str(payment.get_state_display())

    @display(description="Amount")
    def asked_for(self, payment: Payment) -> str:
        return amount(payment.amount, payment.currency)

    @display(description="Taken")
    def taken(self, payment: Payment) -> str:
        return amount(payment.captured_amount or None, payment.currency)

    @display(description="Given back")
    def given_back(self, payment: Payment) -> str:
        return amount(payment.refunded_amount or None, payment.currency)


UNSENT, SENT = "unsent-", "sent-"


class LinesForm(forms.Form):
    """Pieces of each line, those that were sent apart from those that are not sent any more then, and delivery. The
    names of the fields carry the lines' ids."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, order: Order) -> None:
        super().__init__(data, initial={"key": secrets.token_urlsafe(24)})
        items, given = list(order.items.all()), given_back(PaymentRefund.objects.filter(payment__order=order))
        stands = standing_of(order, items, given)
        for item in items:
            self._ask_for(item, order, UNSENT, stands[item.pk].unsent, "not sent, and will not be")
            self._ask_for(item, order, SENT, stands[item.pk].kept, "of those that were sent")
        if (delivery := shipping_price(order) - given.shipping) > 0:
            self.fields["shipping"] = forms.BooleanField(
                label=f"The delivery: {amount(delivery, order.currency)}",
                required=False,
                widget=UnfoldBooleanWidget,
            )
        self.fields["restock"] = forms.BooleanField(
            label="Put the goods back on sale", required=False, widget=UnfoldBooleanWidget
        )
        self.fields["reason"] = reason_field()

    def _ask_for(self, item: OrderItem, order: Order, kind: str, left: int, which: str) -> None:
        """What is not possible any more since the page was shown is refused, not passed over."""
        if left <= 0 and f"{kind}{item.pk}" not in self.data:
            return
        self.fields[f"{kind}{item.pk}"] = forms.IntegerField(
            label=f"{item.product_name} · {item.product_sku}",
            required=False,
            min_value=0,
            max_value=max(left, 0),
            help_text=f"At most {max(left, 0)}, {which}; {f'all {item.quantity}' if item.quantity > 1 else 'it'} cost "
            f"{amount(line_price(item, order), order.currency)}.",
            widget=UnfoldAdminIntegerFieldWidget,
        )

    @property
    def wanted(self) -> dict[UUID, int]:
        """Pieces by line, sent or not."""
        found = self.unsent
        for item_id, pieces in self._pieces(SENT).items():
            found[item_id] = found.get(item_id, 0) + pieces
        return found

    @property
    def unsent(self) -> dict[UUID, int]:
        return self._pieces(UNSENT)

    def _pieces(self, kind: str) -> dict[UUID, int]:
        return {
            UUID(name.removeprefix(kind)): pieces
            for name, pieces in self.cleaned_data.items()
            if name.startswith(kind) and pieces
        }


class AmountForm(forms.Form):
    """A plain amount of one payment."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    payment = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, payment: Payment, suggested: Decimal) -> None:
        initial = {"key": secrets.token_urlsafe(24), "payment": payment.pk, "amount": suggested}
        super().__init__(data, initial=initial, auto_id=f"id_{payment.pk}_%s")
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
    is_lines = request.method == "POST" and "payment" not in request.POST
    lines = LinesForm(request.POST if is_lines else None, order=order)
    # The second of two clicks: what it asks for is done, and is no longer possible.
    if request.method == "POST" and PaymentRefund.objects.filter(key=request.POST.get("key", "")).exists():
        messages.info(request, "This form was sent already.")
        return redirect("admin:tenant_shop_order_change", order_id)
    owed = owed_yet(order, PaymentRefund.objects.filter(payment__order=order))
    amounts = [
        (payment, AmountForm(_sent_for(payment, request), payment=payment, suggested=min(owed, left) or left), left)
        for payment in Payment.objects.filter(order=order)
        if (left := refundable(payment)) > 0
    ]
    status = 200
    if request.method == "POST":
        form = lines if is_lines else next((form for _, form, _ in amounts if form.is_bound), None)
        if form is None:
            # What the audit log says of an order is about its own payments.
            _check_belongs(order, request.POST["payment"])
            messages.error(request, "There is no money of this payment any more that could be given back.")
            return redirect("admin:tenant_shop_order_change", order_id)
        if form.is_valid() and _give_back(request, order, form, page):
            return redirect("admin:tenant_shop_order_change", order_id)
        status = 409 if form.is_valid() else 422
    context = {
        **page.admin_site.each_context(request),
        "title": f"Give money of order {order.order_number} back",
        "order": order,
        "opts": page.opts,
        "lines": lines,
        "owed": amount(owed, order.currency) if owed else "",
        "amounts": [(amount(left, payment.currency), form) for payment, form, left in amounts],
    }
    return TemplateResponse(request, "admin/shop/refund.html", context, status=status)


def _check_belongs(order: Order, payment_id: str) -> None:
    if payment_id not in {str(key) for key in Payment.objects.filter(order=order).values_list("pk", flat=True)}:
        raise Http404


def _sent_for(payment: Payment, request: HttpRequest) -> Any:
    return request.POST if request.POST.get("payment") == str(payment.pk) else None


def _give_back(request: HttpRequest, order: Order, form: LinesForm | AmountForm, page: Any) -> bool:
    """Whether there is a refund now; what speaks against it is said, and what was typed can be corrected."""
    given, actor, was = form.cleaned_data, str(request.user.pk), standing(Order, order.pk)
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
                unsent=form.unsent,
            )
        else:
            refunds = [
                refund_amount(
                    given["payment"], amount=given["amount"], key=given["key"], actor=actor, reason=given["reason"]
                )
            ]
    except (RuleViolation, NotReady) as error:
        is_there = PaymentRefund.objects.filter(key=given["key"]).exists()
        if isinstance(error, RuleViolation) and isinstance(form, AmountForm) and not is_there:
            form.add_error("amount", str(error))
        else:
            messages.error(request, str(error))
        return is_there
    written = amount(sum((refund.amount for refund in refunds), Decimal(0)), order.currency)
    page.note_afterwards(request, "refund", order, [{"refunded": {"fields": [written]}}], was=was)
    if all(refund.state == PaymentRefund.State.SUCCEEDED for refund in refunds):
        messages.success(request, f"{written} was given back.")
    else:
        messages.warning(request, f"{written} is on its way back; the payment service has not confirmed it yet.")
    return True
