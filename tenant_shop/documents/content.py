"""What an invoice says, taken down when it is issued: printed again years later, it says the same."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone

from platform_core.tenancy.context import current_tenant
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.configuration.theme import parse_theme
from tenant_shop.documents.errors import SellerUnknown
from tenant_shop.orders.address_lines import address_lines
from tenant_shop.orders.company_words import reverse_charge_text
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.instructions import how_to_pay
from tenant_shop.payments.refund_amounts import line_price, shipping_price

# Where paper is cut by inches.
LETTER = frozenset({"US", "CA", "MX", "PH"})


def invoice_content(order: Order, items: Iterable[OrderItem], shop: ShopSettings, *, language: str) -> dict[str, Any]:
    """All that the invoice of `order` says, ready for JSON: amounts as text in its currency, days as ISO dates.

    `language` (BCP 47) is the document's, and is active. Errors: SellerUnknown.
    """
    lines = [_line(item, order) for item in items]
    delivery = _delivery(order)
    return {
        **frame(shop, language=language),
        "buyer": buyer_of(order),
        "order": _order(order, shop),
        "lines": lines,
        "delivery": delivery,
        "discounts": _discounts(order),
        "rates": rates_of([*lines, delivery]),
        "subtotal": str(order.subtotal_amount),
        "tax": str(order.tax_amount),
        "tax_included": order.tax_included,
        "total": str(order.total_amount),
        "currency": order.currency,
        "notice": reverse_charge_text() if order.reverse_charge else "",
        "payment": payment_of(order, shop),
    }


def frame(shop: ShopSettings, *, language: str) -> dict[str, Any]:
    """Who writes, on which paper, when, and how it looks. Errors: SellerUnknown."""
    theme = parse_theme(current_tenant().theme)
    return {
        "language": language,
        "paper": "us-letter" if shop.country in LETTER else "a4",
        "issued_on": timezone.localdate(timezone=shop.zone).isoformat(),
        "shop": shop.store_name,
        "seller": seller_lines(shop),
        "tax_id": shop.invoice_tax_id,
        "contact": [value for value in (shop.store_email, shop.store_phone) if value],
        "footer": _lines_of(shop.invoice_footer),
        "look": {"brand": theme.brand, "ink": theme.brand_ink, "logo": theme.logo.url if theme.logo else ""},
    }


def seller_lines(shop: ShopSettings) -> list[str]:
    """Who sells, with an address. Errors: SellerUnknown."""
    lines = _lines_of(shop.invoice_seller)
    if not lines and (address := _lines_of(shop.store_address)):
        lines = [shop.store_name, *address]
    if not lines:
        raise SellerUnknown
    return lines


def buyer_of(order: Order) -> dict[str, Any]:
    lines = address_lines(order.billing_address)
    if order.company_name and order.company_name not in lines:
        lines = [order.company_name, *lines]
    return {"lines": lines or [order.customer_email], "tax_id": order.company_tax_id}


def rates_of(parts: Iterable[Mapping[str, Any] | None]) -> list[dict[str, str]]:
    """What lines and delivery cost by rate of tax, the highest first: without tax, the tax, with it."""
    found: dict[Decimal, list[Decimal]] = {}
    for part in parts:
        if part is not None:
            sums = found.setdefault(Decimal(part["rate"]).normalize(), [Decimal(0), Decimal(0)])
            sums[0] += Decimal(part["gross"])
            sums[1] += Decimal(part["tax"])
    return [
        {"rate": f"{rate:f}", "net": str(gross - tax), "tax": str(tax), "gross": str(gross)}
        for rate, (gross, tax) in sorted(found.items(), reverse=True)
        if gross
    ]


def _line(item: OrderItem, order: Order) -> dict[str, Any]:
    return {
        "item": str(item.pk),
        "name": item.product_name,
        "sku": item.product_sku,
        "options": [str(value) for value in item.variant_info.values()],
        "quantity": item.quantity,
        "price": str(item.unit_price),
        "total": str(item.total_price),
        "discount": str(item.discount_amount),
        "rate": f"{item.tax_rate.normalize():f}",
        "tax": str(item.tax_amount),
        "gross": str(line_price(item, order)),
    }


def _delivery(order: Order) -> dict[str, Any]:
    return {
        "name": order.shipping_method or "",
        "amount": str(order.shipping_amount),
        "rate": str(order.metadata.get("shipping_tax_rate", "0")),
        "tax": str(order.metadata.get("shipping_tax", "0")),
        "gross": str(shipping_price(order)),
    }


def _discounts(order: Order) -> list[dict[str, str]]:
    """What each discount took off the goods, the points last; in one line where an order came without its discounts."""
    uses = [(use.title, use.amount) for use in order.redemptions.order_by("created_at", "id") if use.amount]
    rest = order.discount_amount - order.points_amount - sum((amount for _, amount in uses), Decimal(0))
    if rest:
        uses.append((", ".join(order.discount_codes or []), rest))
    found = [{"kind": "discount", "name": title, "amount": str(amount)} for title, amount in uses]
    if order.points_amount:
        found.append({"kind": "points", "name": str(order.points_spent), "amount": str(order.points_amount)})
    return found


def _order(order: Order, shop: ShopSettings) -> dict[str, Any]:
    sent = order.shipped_at
    return {
        "number": order.order_number,
        "placed_on": timezone.localtime(order.created_at, shop.zone).date().isoformat(),
        "sent_on": timezone.localtime(sent, shop.zone).date().isoformat() if sent else "",
        "purchase_number": order.purchase_number,
        "ship_to": address_lines(order.shipping_address, is_pickup=order.is_pickup),
        "is_pickup": order.is_pickup,
    }


def payment_of(order: Order, shop: ShopSettings) -> dict[str, Any]:
    """How it was paid, or how it is to be paid: in the active language, in the shop's words of today."""
    told = how_to_pay(order, shop)
    return {
        "is_paid": order.payment_status == Order.PaymentStatus.PAID,
        "way": told.title,
        "account": list(told.account),
        "facts": [list(fact) for fact in told.facts],
    }


def _lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
