"""What lies in a parcel, as a sheet without prices."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from platform_core.tenancy.context import current_tenant
from smartseller.formats import day, number
from smartseller.paper.sheet import Column, Panel, Sheet, known, named
from tenant_shop.configuration.languages import readable, shop_languages
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.configuration.theme import parse_theme
from tenant_shop.documents.content import LETTER
from tenant_shop.documents.unsent import Standings
from tenant_shop.orders.address_lines import address_lines
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.orders.shipments import Shipment

Pieces = Iterable[tuple[OrderItem, int]]


def order_slip(stands: Standings, shop: ShopSettings) -> Sheet:
    """What is to be sent of an order; of one of which nothing is, what was sent. Its language is the order's."""
    return _slip(stands.order, stands.to_send or stands.sent, shop)


def parcel_slip(parcel: Shipment, items: Iterable[OrderItem], shop: ShopSettings) -> Sheet:
    """What was sent in one parcel; `items` are the lines of its order."""
    sent = {UUID(line["item"]): int(line["quantity"]) for line in parcel.lines}
    return _slip(parcel.order, [(item, sent[item.pk]) for item in items if item.pk in sent], shop, parcel=parcel)


def stationery(shop: ShopSettings, language: str) -> dict[str, Any]:
    """The shop's paper as it is today, for what is no document of record."""
    theme = parse_theme(current_tenant().theme)
    contact = [value for value in (shop.store_email, shop.store_phone) if value]
    return {
        "language": language,
        "paper": "us-letter" if shop.country in LETTER else "a4",
        "shop": shop.store_name,
        "ink": theme.brand_ink,
        "logo": theme.logo.url if theme.logo else "",
        "sender": [*([line.strip() for line in shop.store_address.splitlines()]), *contact],
        "footer": [shop.store_name],
    }


def _slip(order: Order, pieces: Pieces, shop: ShopSettings, *, parcel: Shipment | None = None) -> Sheet:
    language = readable(order.language or shop_languages().own)
    with translation.override(language):
        return Sheet(
            **stationery(shop, language),
            title=_("Packing slip %(number)s") % {"number": order.order_number},
            to_title=_("Picked up by") if order.is_pickup else _("Deliver to"),
            to=address_lines(order.shipping_address, is_pickup=order.is_pickup),
            facts=_facts(order, shop, parcel),
            columns=[
                Column(title=_("Item"), wide=True),
                Column(title=_("SKU")),
                Column(title=_("Ordered"), side="end"),
                Column(title=_("Quantity"), side="end"),
            ],
            rows=[
                [
                    named(item.product_name, " / ".join(str(value) for value in item.variant_info.values())),
                    item.product_sku,
                    number(item.quantity),
                    number(quantity),
                ]
                for item, quantity in pieces
            ],
            panels=[Panel(title=_("Your note"), lines=order.notes.splitlines())] if order.notes else [],
        )


def _facts(order: Order, shop: ShopSettings, parcel: Shipment | None) -> list[tuple[str, str]]:
    def local(moment: Any) -> str:
        return day(timezone.localtime(moment, shop.zone).date())

    sent = (
        [
            (_("Sent"), local(parcel.created_at)),
            (_("Tracking"), " ".join(part for part in (parcel.carrier, parcel.tracking_number) if part)),
        ]
        if parcel
        else []
    )
    return known(
        [
            (_("Order"), order.order_number),
            (_("Order date"), local(order.created_at)),
            (_("Purchase order"), order.purchase_number),
            (_("Delivery"), order.shipping_method or ""),
            *sent,
        ]
    )
