"""What is fetched from the shelves for several orders, as sheets."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smartseller.formats import moment, number
from smartseller.paper.sheet import Column, Sheet, named
from tenant_shop.configuration.languages import shop_languages
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.documents.paper.slip import stationery
from tenant_shop.documents.unsent import Standings
from tenant_shop.orders.items import OrderItem


def pick_sheets(orders: Sequence[Standings], shop: ShopSettings) -> list[Sheet]:
    """First all pieces by SKU, in its order, to fetch them in one walk; then by order, to part them again. The language
    is the shop's."""
    language = shop_languages().own
    with translation.override(language), timezone.override(shop.zone):
        paper = stationery(shop, language) | {"to": []}
        count = ngettext("%(number)s order", "%(number)s orders", len(orders)) % {"number": number(len(orders))}
        facts = [(_("Printed"), moment(timezone.now())), (_("Orders"), number(len(orders)))]
        return [
            Sheet(
                **paper,
                title=_("Pick list"),
                facts=facts,
                columns=[
                    Column(title=_("SKU")),
                    Column(title=_("Item"), wide=True),
                    Column(title=_("Orders"), side="end"),
                    Column(title=_("Quantity"), side="end"),
                    Column(title="✓", side="center"),
                ],
                rows=_by_sku(orders),
            ),
            Sheet(
                **paper,
                title=_("Pick list by order"),
                before=[count],
                columns=[
                    Column(title=_("Order")),
                    Column(title=_("SKU")),
                    Column(title=_("Item"), wide=True),
                    Column(title=_("Quantity"), side="end"),
                ],
                rows=[row for stands in orders for row in _of_order(stands)],
            ),
        ]


def _by_sku(orders: Sequence[Standings]) -> list[list[Any]]:
    pieces: dict[tuple[str, str, str], list[int]] = {}
    for stands in orders:
        for item, quantity in stands.to_send:
            sums = pieces.setdefault((item.product_sku, item.product_name, _options(item)), [0, 0])
            sums[0] += 1
            sums[1] += quantity
    return [
        [sku, named(name, options), number(lines), number(quantity), ""]
        for (sku, name, options), (lines, quantity) in sorted(pieces.items())
    ]


def _of_order(stands: Standings) -> list[list[Any]]:
    """The order's number stands beside its first line."""
    address = stands.order.shipping_address
    who = f"{address.get('first_name') or ''} {address.get('last_name') or ''}".strip()
    return [
        [
            named(stands.order.order_number, who) if index == 0 else "",
            item.product_sku,
            named(item.product_name, _options(item)),
            number(quantity),
        ]
        for index, (item, quantity) in enumerate(stands.to_send)
    ]


def _options(item: OrderItem) -> str:
    return " / ".join(str(value) for value in item.variant_info.values())
