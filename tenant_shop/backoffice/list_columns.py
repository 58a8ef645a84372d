"""What stands in the files of products, orders and customers."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from tenant_shop.backoffice.list_file import Column
from tenant_shop.payments.stand import Stand, stand_of


def _of(**titles: str) -> tuple[Column, ...]:
    """Columns that are an attribute each, by its name."""
    return tuple(Column(title, attrgetter(name)) for name, title in titles.items())


def _named(name: str) -> Any:
    """The name of what the row points to."""
    return lambda row: str(found) if (found := getattr(row, name)) is not None else ""


def _address(column: str, before: str) -> tuple[Column, ...]:
    """The parts of an address of an order; a bill that goes where the goods go says so by being the same."""

    def part(*names: str) -> Callable[[Any], str]:
        return lambda order: " ".join(str(told) for name in names if (told := (getattr(order, column) or {}).get(name)))

    parts = {
        "Name": ("first_name", "last_name"),
        "Street": ("address_line_1",),
        "Street 2": ("address_line_2",),
        "Postcode": ("postal_code",),
        "City": ("city",),
        "State": ("state_province",),
        "Country": ("country",),
    }
    return tuple(Column(f"{before}{title}", part(*names)) for title, names in parts.items())


def _stand(order: Any) -> Stand:
    """Where its money stands, as on its page; of what is read already."""
    payments = order.payments.all()
    entries = [entry for payment in payments for entry in payment.entries.all()]
    return stand_of(order, entries, [refund for payment in payments for refund in payment.refunds.all()])


def _line(item: Any) -> str:
    options = " / ".join(str(value) for value in item.variant_info.values())
    named = f"{item.product_name} ({options})" if options else item.product_name
    return f"{item.quantity} \N{MULTIPLICATION SIGN} {named} [{item.product_sku}]"


PRODUCTS = (
    *_of(name="Name", slug="Address", sku="SKU", status="Status", visibility="Visibility"),
    *_of(price="Price", compare_at_price="Price before", cost_price="Cost"),
    *_of(inventory_quantity="In stock", low_stock_threshold="Low from", allow_backorder="Sold beyond stock"),
    Column("Category", _named("category")),
    Column("Brand", _named("brand")),
    *_of(tags="Tags", tax_class="Tax class"),
    # In grams, and no amount of money.
    Column("Weight (g)", lambda product: "" if product.weight is None else f"{product.weight:f}"),
    *_of(published_at="Published", created_at="Created", updated_at="Changed"),
)
# One row for an order: what Shopify's export says of it, its lines in one cell.
ORDERS = (
    *_of(order_number="Order", created_at="Placed", status="Status", payment_status="Payment"),
    *_of(fulfillment_status="Fulfilment", customer_email="E-mail", customer_phone="Telephone"),
    *_of(company_name="Company", company_tax_id="Tax id", purchase_number="Purchase order"),
    *_address("shipping_address", ""),
    *_address("billing_address", "Billing "),
    *_of(currency="Currency", subtotal_amount="Goods", discount_codes="Codes", discount_amount="Discount"),
    *_of(shipping_method="Delivered by", shipping_amount="Delivery", tax_amount="Tax", tax_included="Tax included"),
    *_of(total_amount="Total", credited_amount="Credited"),
    Column("Paid", lambda order: _stand(order).captured),
    Column("Given back", lambda order: _stand(order).refunded),
    Column("Open", lambda order: _stand(order).open),
    *_of(owed_amount="Owed", payment_method="Paid by", payment_reference="Payment reference"),
    *_of(payment_due_at="To be paid until"),
    Column("Pieces", lambda order: sum(item.quantity for item in order.items.all())),
    Column("Lines", lambda order: [_line(item) for item in order.items.all()]),
    *_of(shipped_at="Sent", delivered_at="Delivered", cancelled_at="Cancelled", shipping_carrier="Carrier"),
    *_of(tracking_number="Tracking number", notes="Customer's note", tags="Tags", is_test="Test"),
)
# What the columns of orders read besides.
OF_ORDERS = ("items", "payments__entries", "payments__refunds")
CUSTOMERS = (
    *_of(email="E-mail", first_name="First name", last_name="Last name", phone="Telephone", status="Status"),
    Column("Group", _named("group")),
    *_of(language="Language", marketing_consent="Marketing mails", loyalty_tier="Tier", loyalty_points="Points"),
    *_of(
        total_orders="Delivered orders",
        total_spent="Delivered total",
        tags="Tags",
        created_at="Since",
        last_login_at="Last log-in",
    ),
)
