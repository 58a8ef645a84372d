"""Orders in the back office: everything of them is shown, and only verbs change them."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern

from smartseller.errors import RuleViolation
from tenant_shop.backoffice.columns import HasColumns
from tenant_shop.backoffice.counted_orders import OF_FIGURES, RefundFilter, ReturnFilter, SkuFilter
from tenant_shop.backoffice.documents import shown_of
from tenant_shop.backoffice.invoices import InvoiceFilter
from tenant_shop.backoffice.list_columns import OF_ORDERS, ORDERS
from tenant_shop.backoffice.list_file import HasFile
from tenant_shop.backoffice.order_batches import OrderBatches
from tenant_shop.backoffice.order_columns import OrderColumns, approval_of
from tenant_shop.backoffice.order_fields import told_fields
from tenant_shop.backoffice.order_head import buyer_of, head_of, offers_of
from tenant_shop.backoffice.order_money import money_of
from tenant_shop.backoffice.order_notes import told
from tenant_shop.backoffice.order_rows import ItemInline, ParcelInline
from tenant_shop.backoffice.order_urls import urls_of
from tenant_shop.backoffice.order_verbs import said_of
from tenant_shop.backoffice.payments import OwedFilter, PaymentInline
from tenant_shop.backoffice.saved_views import HasViews
from tenant_shop.backoffice.site import backoffice
from tenant_shop.backoffice.tests_apart import TestFilter
from tenant_shop.backoffice.text_filter import TagFilter
from tenant_shop.backoffice.told_form import ToldForm
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.orders.arrival_words import expected_of
from tenant_shop.orders.by_words import orders_by_words
from tenant_shop.orders.models import Order
from tenant_shop.payments.errors import GatewayUnavailable

STANDARD_VIEWS = (
    ("Unfulfilled", "fulfillment_status__in=unfulfilled,partial&status__in=confirmed,processing"),
    ("Unpaid", "payment_status__in=pending,failed&status__in=pending,confirmed,processing,shipped,delivered"),
    ("To capture", "payment_status__exact=authorized&status__in=pending,confirmed,processing,shipped,delivered"),
    ("Open returns", "returns=open"),
    ("Test orders", "is_test__exact=1"),
)


class OrderForm(ToldForm):
    """What the page calls the columns: nobody writes to them here."""

    class Meta:
        labels = {
            "created_at": "Placed",
            "customer_email": "E-mail address",
            "customer_phone": "Telephone",
            "notes": "Their note",
            "company_tax_id": "Tax id",
            "purchase_number": "Their own order number",
            "shipping_method": "Delivered by",
            "shipping_carrier": "Carrier",
            "shipped_at": "Sent",
            "delivered_at": "Delivered",
            "payment_due_at": "To be paid until",
        }


@admin.register(Order, site=backoffice)
class OrderAdmin(OrderColumns, HasFile, HasViews, HasColumns, OrderBatches):
    form = OrderForm
    standard_views = STANDARD_VIEWS
    more_columns = (
        "recipient",
        "country",
        "company_name",
        "purchase_number",
        "paid_by",
        "discount",
        "shipping",
        "tax",
        "shipping_method",
        "shipped_at",
        "owed",
        "tags",
    )
    custom_owner = CustomField.Owner.ORDER
    file_columns = ORDERS
    file_reads = OF_ORDERS
    # Whole lists of people are for who works with them.
    file_verb = "change"
    list_display = (
        "order_number",
        "status_badge",
        "payment_badge",
        "fulfillment_badge",
        "email",
        "total",
        "created_at",
    )
    list_filter = (
        "status",
        "payment_status",
        "fulfillment_status",
        OwedFilter,
        RefundFilter,
        ReturnFilter,
        InvoiceFilter,
        SkuFilter,
        TagFilter,
        *OF_FIGURES,
        TestFilter,
        "created_at",
    )
    search_fields = ("order_number", "customer_email", "purchase_number", "company_name")
    search_help_text = "Order number, customer's name, e-mail address or telephone, company or its purchase order"
    found_by = staticmethod(orders_by_words)
    ordering = ("-created_at", "-id")
    actions = (
        "send_selected",
        "print_slips",
        "print_pick_list",
        "print_invoices",
        "pay_selected",
        "capture_selected",
        "deliver_selected",
        "cancel_selected",
    )
    inlines = (ItemInline, ParcelInline, PaymentInline)
    list_before_template = "admin/shop/order_list_tools.html"
    change_form_template = "admin/shop/order.html"
    fieldsets = (
        (None, {"fields": ("order_number", "created_at")}),
        ("Customer", {"fields": ("customer_email", "customer_phone", "ship_to", "bill_to", "notes", "agreed")}),
        ("Company", {"fields": ("company", "company_tax_id", "purchase_number", "reverse_charge", "approved")}),
        (
            "Delivery",
            {
                "fields": (
                    "shipping_method",
                    "promised",
                    "shipping_carrier",
                    "tracking_number",
                    "shipped_at",
                    "delivered_at",
                )
            },
        ),
        ("Payment", {"fields": ("paid_by", "payment_due_at", "payment_reference", "owed", "discount_codes")}),
    )

    class Media:
        css = {"all": ("css/backoffice/order-page.css",)}

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

    def get_fieldsets(self, request: HttpRequest, obj: Order | None = None) -> Any:
        """Without a company's part where no company ordered, and without what there is nothing to say of."""
        parts = super().get_fieldsets(request, obj)
        if obj is None:
            return parts
        by_company = obj.company_id or obj.company_name or obj.purchase_number
        return [
            (name, {**part, "fields": [field for field in part["fields"] if _says_something(obj, field)]})
            for name, part in parts
            if name != "Company" or by_company
        ]

    def get_inlines(self, request: HttpRequest, obj: Order | None) -> Any:
        """Without parcels before anything was sent."""
        unsent = obj is not None and obj.fulfillment_status == Order.FulfillmentStatus.UNFULFILLED
        return [inline for inline in self.inlines if not (unsent and inline is ParcelInline)]

    def get_urls(self) -> list[URLPattern]:
        return [*urls_of(self), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        order = self.get_object(request, object_id)
        shown = {}
        if isinstance(order, Order):
            fields = told_fields(self.custom_fields(request), order)
            shown = {**head_of(order), **buyer_of(order), **money_of(order), "token": str(order.public_token)}
            shown = {**shown, **told(order), **fields, **shown_of(order), **offers_of(order)}
        page: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})
        return page

    def act(self, request: HttpRequest, order_id: UUID, verb: str) -> HttpResponse:
        """The buttons on an order's page."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_act_permission(request):
            raise PermissionDenied
        try:
            order = self.do_verb(request, order_id, verb)
        except (RuleViolation, GatewayUnavailable) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, said_of(order, verb))
        return redirect("admin:tenant_shop_order_change", order_id)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (
            "paid_by",
            "owed",
            "approved",
            "promised",
            "agreed",
            "ship_to",
            "bill_to",
            "order_number",
            "created_at",
        )


def _says_something(order: Order, field: str) -> bool:
    """Whether a field of the page has anything to say of the order. No statement, but for whose approval it had."""
    if field == "approved":
        return approval_of(order) is not None
    in_words = {
        "owed": order.owed_amount,
        "promised": expected_of(order),
        "agreed": order.agreed_to or order.terms_version,
    }
    return in_words.get(field, getattr(order, field, True)) not in (None, "", 0, [])
