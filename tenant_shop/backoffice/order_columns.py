"""What the list and the page of orders say of one: each value in words."""

from django.utils.html import format_html
from unfold.decorators import display

from smartseller.formats import country as country_name
from tenant_shop.backoffice.base import amount
from tenant_shop.backoffice.order_head import FULFILLMENT_COLOURS, PAYMENT_COLOURS, STATUS_COLOURS
from tenant_shop.backoffice.terms import terms_agreed
from tenant_shop.companies.models import PurchaseRequest
from tenant_shop.customers.find import is_erased
from tenant_shop.orders.address_lines import address_lines
from tenant_shop.orders.arrival_words import expected_of
from tenant_shop.orders.models import Order
from tenant_shop.payments.methods import KNOWN


def approval_of(order: Order) -> PurchaseRequest | None:
    """Who asked for the order and who approved of it; None where nobody had to. Read once."""
    found: PurchaseRequest | None = getattr(order, "purchase_request", None)
    return found


class OrderColumns:
    """The columns and fields that are no columns of the table."""

    @display(description="Status", ordering="status", label=STATUS_COLOURS)
    def status_badge(self, order: Order) -> tuple[str, str]:
        """With a word for what is no sale."""
        return order.status, f"{order.get_status_display()} · test" if order.is_test else order.get_status_display()

    @display(description="Payment", ordering="payment_status", label=PAYMENT_COLOURS)
    def payment_badge(self, order: Order) -> tuple[str, str]:
        return order.payment_status, order.get_payment_status_display()

    @display(description="Delivery", label=FULFILLMENT_COLOURS)
    def fulfillment_badge(self, order: Order) -> tuple[str, str]:
        return order.fulfillment_status, order.get_fulfillment_status_display()

    @display(description="Customer")
    def email(self, order: Order) -> str:
        """Called by name, as people are; the address below it tells two of one name apart."""
        if is_erased(order.customer_email):
            return "Erased customer"
        named = self.recipient(order)
        return order.customer_email if named == "-" else format_html("{}<br>{}", named, order.customer_email)

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
        asked = approval_of(order)
        if asked is None:
            return "-"
        return f"asked for by {asked.customer or 'somebody'}, approved by {asked.decided_by or 'somebody'}"

    @display(description="Recipient")
    def recipient(self, order: Order) -> str:
        address = order.shipping_address
        return " ".join(filter(None, (address.get("first_name"), address.get("last_name")))) or "-"

    @display(description="Country")
    def country(self, order: Order) -> str:
        code = order.shipping_address.get("country")
        return country_name(code) if code else "-"

    @display(description="Discount")
    def discount(self, order: Order) -> str:
        return amount(order.discount_amount - order.points_amount, order.currency)

    @display(description="Shipping")
    def shipping(self, order: Order) -> str:
        return amount(order.shipping_amount, order.currency)

    @display(description="Tax")
    def tax(self, order: Order) -> str:
        return amount(order.tax_amount, order.currency) + (" (included)" if order.tax_included else "")

    @display(description="Promised")
    def promised(self, order: Order) -> str:
        return expected_of(order) or "-"

    @display(description="Agreed to")
    def agreed(self, order: Order) -> str:
        """The sentence beside the box that was ticked, as it was then, and the terms that held."""
        return terms_agreed(order)

    @display(description="Deliver to")
    def ship_to(self, order: Order) -> str:
        return ", ".join(address_lines(order.shipping_address, is_pickup=order.is_pickup))

    @display(description="Bill to")
    def bill_to(self, order: Order) -> str:
        return ", ".join(address_lines(order.billing_address))
