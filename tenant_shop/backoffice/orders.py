"""Orders in the back office: everything of them is shown, and only verbs change them."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from unfold.decorators import display

from smartseller.errors import RuleViolation
from tenant_shop.backoffice.base import ShopAdmin, amount
from tenant_shop.backoffice.fulfil import fulfil_page
from tenant_shop.backoffice.invoices import InvoiceFilter
from tenant_shop.backoffice.payments import MoneyInline, OwedFilter, PaymentInline, refund_page
from tenant_shop.backoffice.site import backoffice
from tenant_shop.companies.models import PurchaseRequest
from tenant_shop.orders.address_lines import address_lines
from tenant_shop.orders.arrival_words import expected_of
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.deliver import deliver_order
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.models import Order, OrderItem
from tenant_shop.payments.capture import capture_order
from tenant_shop.payments.errors import GatewayUnavailable
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.methods import KNOWN

STATUS_COLOURS = {
    "pending": "warning",
    "confirmed": "info",
    "processing": "info",
    "shipped": "success",
    "delivered": "success",
    "cancelled": "danger",
    "refunded": "danger",
}
PAYMENT_COLOURS = {
    "pending": "warning",
    "authorized": "info",
    "paid": "success",
    "partially_refunded": "warning",
    "refunded": "danger",
    "failed": "danger",
}
FULFILLMENT_COLOURS = {"unfulfilled": "warning", "partial": "info", "fulfilled": "success"}
BY_STAFF = "Cancelled by the shop."


class ItemInline(MoneyInline):
    model = OrderItem
    verbose_name_plural = "items"
    fields = ("product_name", "product_sku", "options", "quantity", "sent", "each", "line_total", "line_discount")
    readonly_fields = fields

    @display(description="Options")
    def options(self, item: OrderItem) -> str:
        return " / ".join(str(value) for value in item.variant_info.values()) or "-"

    @display(description="Sent")
    def sent(self, item: OrderItem) -> int:
        return item.quantity_fulfilled

    @display(description="Each")
    def each(self, item: OrderItem) -> str:
        return amount(item.unit_price, item.order.currency)

    @display(description="Total")
    def line_total(self, item: OrderItem) -> str:
        return amount(item.total_price, item.order.currency)

    @display(description="Discount")
    def line_discount(self, item: OrderItem) -> str:
        return amount(item.discount_amount or None, item.order.currency)


class HistoryInline(MoneyInline):
    model = OrderStatusHistory
    verbose_name_plural = "history"
    fields = ("created_at", "previous_status", "new_status", "comment")
    readonly_fields = fields


@admin.register(Order, site=backoffice)
class OrderAdmin(ShopAdmin):
    list_display = (
        "order_number",
        "status_badge",
        "payment_badge",
        "fulfillment_badge",
        "email",
        "total",
        "created_at",
    )
    list_filter = ("status", "payment_status", "fulfillment_status", OwedFilter, InvoiceFilter, "created_at")
    search_fields = ("order_number", "customer_email", "purchase_number", "company_name")
    search_help_text = "Order number, e-mail address, company or its purchase order"
    ordering = ("-created_at", "-id")
    actions = ("pay_selected", "deliver_selected", "cancel_selected")
    inlines = (ItemInline, PaymentInline, HistoryInline)
    change_form_outer_before_template = "admin/shop/order_actions.html"
    fieldsets = (
        (
            None,
            {"fields": (("order_number", "created_at", "total"), ("status", "payment_status", "fulfillment_status"))},
        ),
        ("Customer", {"fields": (("customer_email", "customer_phone"), ("ship_to", "bill_to"), "notes")}),
        ("Company", {"fields": (("company", "company_tax_id", "purchase_number", "reverse_charge", "approved"),)}),
        (
            "Delivery",
            {
                "fields": (
                    (
                        "shipping_method",
                        "promised",
                        "shipping_carrier",
                        "tracking_number",
                        "shipped_at",
                        "delivered_at",
                    ),
                )
            },
        ),
        ("Payment", {"fields": (("paid_by", "payment_due_at", "payment_reference", "owed"),)}),
        ("Amounts", {"fields": (("subtotal", "discount", "points", "shipping", "tax"), "discount_codes")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        """No form writes to an order; `has_act_permission` says who may use the verbs."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        """Orders are cancelled, never deleted."""
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tenant_shop.change_order")

    @admin.action(description="Mark as paid", permissions=["act"])
    def pay_selected(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        self._do_to_all(request, queryset, "pay", "marked as paid")

    @admin.action(description="Mark as delivered", permissions=["act"])
    def deliver_selected(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        self._do_to_all(request, queryset, "deliver", "marked as delivered")

    @admin.action(description="Cancel", permissions=["act"])
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        self._do_to_all(request, queryset, "cancel", "cancelled")

    def get_urls(self) -> list[URLPattern]:
        verbs = [
            path(
                f"<uuid:order_id>/{verb}/",
                self.admin_site.admin_view(partial(self.act, verb=verb)),
                name=f"tenant_shop_order_{verb}",
            )
            for verb in ("pay", "capture", "cancel", "deliver")
        ]
        verbs += [
            path(
                f"<uuid:order_id>/{name}/",
                self.admin_site.admin_view(partial(view, page=self)),
                name=f"tenant_shop_order_{name}",
            )
            for name, view in (("refund", refund_page), ("fulfil", fulfil_page))
        ]
        return [*verbs, *super().get_urls()]

    def act(self, request: HttpRequest, order_id: UUID, verb: str) -> HttpResponse:
        """The buttons on an order's page."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_act_permission(request):
            raise PermissionDenied
        try:
            order = self._do(request, order_id, verb)
        except (RuleViolation, GatewayUnavailable) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"Order {order.order_number} is {order.get_status_display().lower()} now.")
        return redirect("admin:tenant_shop_order_change", order_id)

    def _do_to_all(self, request: HttpRequest, queryset: QuerySet[Order], verb: str, done: str) -> None:
        """Each order by itself: what is refused for one is done for the others, and said."""
        changed = 0
        for order_id in queryset.values_list("pk", flat=True):
            try:
                self._do(request, order_id, verb)
            except RuleViolation as error:
                messages.error(request, str(error))
            else:
                changed += 1
        if changed:
            messages.success(request, f"{changed} {'order' if changed == 1 else 'orders'} {done}.")

    def _do(self, request: HttpRequest, order_id: UUID, verb: str) -> Order:
        actor = str(request.user.pk)
        verbs: dict[str, Callable[[], Order]] = {
            "pay": partial(mark_as_paid, order_id, actor=actor),
            "capture": partial(capture_order, order_id, actor=actor),
            "cancel": partial(cancel_order, order_id, reason=BY_STAFF, actor=actor),
            "deliver": partial(deliver_order, order_id, actor=actor),
        }
        order = verbs[verb]()
        self.note(request, verb, order, [])
        return order

    @display(description="Status", ordering="status", label=STATUS_COLOURS)
    def status_badge(self, order: Order) -> tuple[str, str]:
        return order.status, order.get_status_display()

    @display(description="Payment", ordering="payment_status", label=PAYMENT_COLOURS)
    def payment_badge(self, order: Order) -> tuple[str, str]:
        return order.payment_status, order.get_payment_status_display()

    @display(description="Delivery", label=FULFILLMENT_COLOURS)
    def fulfillment_badge(self, order: Order) -> tuple[str, str]:
        return order.fulfillment_status, order.get_fulfillment_status_display()

    @display(description="Customer")
    def email(self, order: Order) -> str:
        return order.customer_email

    @display(description="Total", ordering="total_amount")
    def total(self, order: Order) -> str:
        return amount(order.total_amount, order.currency)

    @display(description="Payment method")
    def paid_by(self, order: Order) -> str:
        method = KNOWN.get(order.payment_method or "")
        return method.name if method else order.payment_method or "-"

    @display(description="Money to give back")
    def owed(self, order: Order) -> str:
        return amount(order.owed_amount or None, order.currency)

    @display(description="Approved")
    def approved(self, order: Order) -> str:
        """Who asked for it and who approved of it, where somebody had to."""
        asked = PurchaseRequest.objects.select_related("customer", "decided_by").filter(order=order).first()
        if asked is None:
            return "-"
        return f"asked for by {asked.customer or 'somebody'}, approved by {asked.decided_by or 'somebody'}"

    @display(description="Subtotal")
    def subtotal(self, order: Order) -> str:
        return amount(order.subtotal_amount, order.currency)

    @display(description="Discount")
    def discount(self, order: Order) -> str:
        return amount(order.discount_amount - order.points_amount, order.currency)

    @display(description="Points")
    def points(self, order: Order) -> str:
        if not order.points_spent:
            return "-"
        return f"{order.points_spent:,} ({amount(order.points_amount, order.currency)})"

    @display(description="Shipping")
    def shipping(self, order: Order) -> str:
        return amount(order.shipping_amount, order.currency)

    @display(description="Tax")
    def tax(self, order: Order) -> str:
        return amount(order.tax_amount, order.currency) + (" (included)" if order.tax_included else "")

    @display(description="Promised")
    def promised(self, order: Order) -> str:
        return expected_of(order) or "-"

    @display(description="Deliver to")
    def ship_to(self, order: Order) -> str:
        return ", ".join(address_lines(order.shipping_address, is_pickup=order.is_pickup))

    @display(description="Bill to")
    def bill_to(self, order: Order) -> str:
        return ", ".join(address_lines(order.billing_address))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (
            "paid_by",
            "owed",
            "approved",
            "promised",
            "ship_to",
            "bill_to",
            "subtotal",
            "discount",
            "points",
            "shipping",
            "tax",
            "total",
            "order_number",
            "created_at",
        )
