"""What a change by hand writes: the order's lines, the order, and sentences for its timeline."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from smartseller.formats import amount
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.documents.issue import Replaced
from tenant_shop.orders.arrival import KEY as ARRIVAL
from tenant_shop.orders.arrival import promised
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.orders.pricing import PricedLine
from tenant_shop.orders.reprice import Edited


def write_lines(
    order: Order, items: Sequence[OrderItem], edited: Edited, lines: Sequence[PricedLine]
) -> list[OrderItem]:
    """The order's lines as they are priced now; three statements."""
    kept = list(edited.kept)
    gone = [item.pk for item in items if item not in kept]
    OrderItem.objects.filter(pk__in=gone).delete()
    last = max((item.position for item in items), default=-1)
    new = [
        OrderItem(
            order=order,
            product_id=line.product_id,
            variant_id=line.variant_id,
            position=last + number,
            product_name=line.name,
            product_sku=line.sku,
            variant_info=dict(line.options),
        )
        for number, line in enumerate(lines[len(kept) :], start=1)
    ]
    for item, line in zip([*kept, *new], lines, strict=True):
        item.quantity, item.unit_price, item.total_price = line.quantity, line.unit_price, line.total
        item.discount_amount, item.points_amount = line.discount, line.points
        item.tax_amount, item.tax_rate = line.tax, line.tax_rate
    OrderItem.objects.bulk_update(kept, ["quantity", "total_price", "discount_amount", "tax_amount", "tax_rate"])
    return [*kept, *OrderItem.objects.bulk_create(new)]


def write_order(order: Order, edited: Edited, settings: ShopSettings, *, key: str) -> None:
    """The order as it is after the change, which `key` marks; one statement."""
    pricing, delivery = edited.pricing, edited.delivery
    order.shipping_address, order.billing_address = dict(edited.shipping_address), dict(edited.billing_address)
    order.metadata = {**order.metadata, "edit": key}
    if pricing is not None:
        order.subtotal_amount, order.discount_amount = pricing.subtotal, pricing.discount
        order.shipping_amount, order.tax_amount = pricing.shipping, pricing.tax
        order.total_amount = pricing.total
        order.discount_codes = [edited.savings.code] if edited.savings and edited.savings.code else []
        facts: dict[str, Any] = {
            "shipping_code": delivery.code,
            "shipping_tax": str(pricing.shipping_tax),
            "shipping_tax_rate": str(pricing.shipping_tax_rate),
        }
        if delivery.code != order.metadata.get("shipping_code") or delivery.name != order.shipping_method:
            order.shipping_method = delivery.name[:100]
            order.metadata = {name: kept for name, kept in order.metadata.items() if name not in ("is_pickup", ARRIVAL)}
            facts |= promised(delivery, at=timezone.now(), zone=settings.zone)
            facts |= {"is_pickup": True} if delivery.is_pickup else {}
        order.metadata |= facts
    order.save()


def said_of_invoice(replaced: Replaced) -> str:
    """What became of the invoice, in a sentence for the timeline."""
    note = f" is credited by {replaced.credit_note.number} and" if replaced.credit_note else " is"
    return f" Invoice {replaced.before.number}{note} replaced by {replaced.invoice.number}."


def said_of_edit(
    order: Order, items: Sequence[OrderItem], edited: Edited, variants: Mapping[UUID, ProductVariant]
) -> str:
    """What changes, in a sentence for the timeline."""
    kept = {item.pk for item in edited.kept}
    facts = [
        f"{item.product_name} {item.quantity} \N{RIGHTWARDS ARROW} {edited.pieces[item.pk] if item.pk in kept else 0}"
        for item in items
        if edited.pieces[item.pk] != item.quantity
    ]
    facts += [
        f"{variants[variant].product.name} 0 \N{RIGHTWARDS ARROW} {more}" for variant, more in edited.added.items()
    ]
    if edited.delivery.name != order.shipping_method:
        facts.append(f"{order.shipping_method} \N{RIGHTWARDS ARROW} {edited.delivery.name}")
    if dict(edited.shipping_address) != order.shipping_address:
        facts.append("another address")
    if dict(edited.billing_address) != order.billing_address:
        facts.append("another address for the bill")
    if edited.pricing is not None and edited.pricing.total != order.total_amount:
        before, after = (amount(value, order.currency) for value in (order.total_amount, edited.pricing.total))
        facts.append(f"{before} \N{RIGHTWARDS ARROW} {after}")
    return f"Changed by hand: {'; '.join(facts) or 'nothing'}."
