"""What an order's page lists: its lines and its parcels."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display

from tenant_shop.backoffice.base import amount, moment
from tenant_shop.backoffice.payments import MoneyInline
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.orders.shipments import Shipment

LINK = "text-primary-600 dark:text-primary-500"


class ItemInline(MoneyInline):
    model = OrderItem
    verbose_name_plural = "items"
    fields = ("goods", "quantity", "sent", "each", "line_discount", "line_total")
    readonly_fields = fields

    @display(description="Product")
    def goods(self, item: OrderItem) -> str:
        """What was bought, as it was called then, with the way to what it is now."""
        url = reverse("admin:tenant_shop_product_change", args=[item.product_id])
        chosen = [item.product_sku, *(str(value) for value in item.variant_info.values())]
        link = format_html('<a class="{}" href="{}">{}</a>', LINK, url, item.product_name)
        return format_html('{}<br><span class="text-xs">{}</span>', link, " \N{MIDDLE DOT} ".join(chosen))

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


class ParcelInline(MoneyInline):
    model = Shipment
    verbose_name_plural = "parcels"
    fields = readonly_fields = ("sent_at", "contents", "carrier", "followed", "slip", "correct")

    def get_fields(self, request: HttpRequest, obj: Order | None = None) -> tuple[str, ...]:
        """Who may not change orders is not led to where they are."""
        may = request.user.has_perm("tenant_shop.change_order")
        return self.fields if may else tuple(name for name in self.fields if name != "correct")

    @display(description="Sent")
    def sent_at(self, parcel: Shipment) -> str:
        return moment(parcel.created_at)

    @display(description="Contents")
    def contents(self, parcel: Shipment) -> str:
        return f"{parcel.pieces} {'piece' if parcel.pieces == 1 else 'pieces'}"

    @display(description="Tracking")
    def followed(self, parcel: Shipment) -> str:
        """The link is the carrier's own page or what staff entered; the database lets only the web in."""
        if not parcel.tracking_url:
            return parcel.tracking_number or "-"
        words = parcel.tracking_number or "Follow the parcel"
        return format_html(
            '<a class="{}" href="{}" target="_blank" rel="noopener noreferrer">{}</a>', LINK, parcel.tracking_url, words
        )

    @display(description="Packing slip")
    def slip(self, parcel: Shipment) -> str:
        url = reverse("admin:tenant_shop_order_parcel_slip", args=[parcel.order_id, parcel.pk])
        return format_html('<a class="{}" href="{}">Print</a>', LINK, url)

    @display(description="Tracking wrong?")
    def correct(self, parcel: Shipment) -> str:
        url = reverse("admin:tenant_shop_order_tracking", args=[parcel.order_id, parcel.pk])
        return format_html('<a class="{}" href="{}">Correct</a>', LINK, url)
