"""Charts in the words of Chart.js, as the admin theme draws them, and beside each the table that says the same."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from smartseller import formats
from smartseller.money import display
from tenant_shop.analytics.figures import Days, Share, Shares
from tenant_shop.analytics.period import Period
from tenant_shop.backoffice.counted_orders import NO_CATEGORY, NO_COUNTRY, WEEKDAYS
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.dashboard.drawing import (
    BRAND,
    GREY,
    bar_options,
    floats,
    grouped,
    hour_options,
    radius,
    short_name,
    spans,
)
from tenant_shop.dashboard.numbers import order_list

# Three measures, each with a word of its own, here, in the files and in docs/analytics.md: what was ordered, less what
# was given back, is sales; what was ordered of goods only, without delivery, is goods.
SALES, ORDERED, GOODS = "Sales", "Ordered", "Goods"
MEASURE_OF = {"products": GOODS, "categories": GOODS, "countries": ORDERED, "hours": ORDERED}
MEANS = {
    SALES: "Sales: what orders cost, with tax and delivery, less what was given back on the day.",
    ORDERED: "Ordered: what orders cost, with tax and delivery, before anything was given back.",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table. `url` leads to what the first cell names, each of `orders` to the orders behind the number of
    the cells after it; "" leads nowhere."""

    cells: tuple[str, ...]
    url: str = ""
    orders: tuple[str, ...] = ()

    @property
    def linked(self) -> Iterable[tuple[str, str]]:
        """Each cell with where it leads."""
        return zip_longest(self.cells, (self.url, *self.orders), fillvalue="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """`kind`, `data` and `options` are Chart.js's; the table has the same figures.

    `part` names its CSV, `note` says what is measured.
    """

    name: str
    title: str
    part: str
    kind: str
    data: str
    options: str
    head: tuple[str, ...]
    rows: list[Row]
    summary: str
    note: str = ""


def charts_of(
    days: Days, shares: Shares | None, shop: ShopSettings, *, sees_orders: bool, sees_products: bool
) -> list[Chart]:
    """Sales and orders; with `shares` products, categories, countries and hours of the week, too."""
    maker = _Maker(days, shop, sees_orders=sees_orders, sees_products=sees_products)
    charts = [
        maker.by_day("sales", SALES, lambda figures: figures.sales, maker.money),
        maker.by_day("orders", "Orders", lambda figures: Decimal(figures.orders), lambda value: f"{value:,}"),
    ]
    if shares is None:
        return charts
    return [
        *charts,
        maker.by_share("products", "Top products", shares.products),
        maker.by_share("categories", "Top categories", shares.categories),
        maker.by_share("countries", "Countries", shares.countries),
        maker.by_hour(shares.hours),
    ]


class _Maker:
    def __init__(self, days: Days, shop: ShopSettings, *, sees_orders: bool, sees_products: bool) -> None:
        self.days, self.shop = days, shop
        self.sees_orders, self.sees_products = sees_orders, sees_products

    def money(self, amount: Decimal) -> str:
        return display(amount, self.shop.currency, self.shop.language)

    def by_day(self, name: str, title: str, value: Any, shown: Any) -> Chart:
        now = grouped(self.days.each, value)
        before = grouped(self.days.each_before, value)
        best = max(now, key=lambda point: point[2])
        data = {
            "labels": [label for label, _, _ in now],
            "datasets": [
                {"label": title, "data": floats(now), "backgroundColor": BRAND, "borderRadius": 3, "order": 2},
                {
                    "label": "The period before", "data": floats(before)[: len(now)], "type": "line", "order": 1,
                    "borderColor": GREY, "backgroundColor": GREY, "borderWidth": 2, "borderDash": [5, 4],
                    "pointRadius": 0, "cubicInterpolationMode": "monotone",
                },
            ],
        }  # fmt: skip
        earlier = {number: total for number, (_, _, total) in enumerate(before)}
        return Chart(
            name=name,
            title=title,
            part="days",
            kind="bar",
            data=json.dumps(data),
            options=bar_options(legend=True),
            head=("Day" if len(now) == self.days.period.length else "Days", title, "The period before"),
            rows=[
                Row(
                    (label, shown(total), shown(earlier[number]) if number in earlier else ""),
                    orders=(self._orders(span) if total else "",),
                )
                for number, ((_, label, total), span) in enumerate(zip(now, spans(self.days.each), strict=True))
            ],
            summary=f"{title}: {shown(sum((total for _, _, total in now), Decimal(0)))}, the most {shown(best[2])} "
            f"({best[1]})",
            note=MEANS.get(title, ""),
        )

    def by_share(self, part: str, title: str, shares: Sequence[Share]) -> Chart:
        measure = MEASURE_OF[part]
        names = [self._name(part, share) for share in shares]
        data = {
            "labels": [short_name(name) for name in names],
            "datasets": [
                {
                    "label": measure, "data": [float(share.revenue) for share in shares], "backgroundColor": BRAND,
                    "borderRadius": 3, "maxBarThickness": 22,
                }
            ],
        }  # fmt: skip
        pieces = measure == GOODS
        head = (title.removeprefix("Top ").capitalize(), "Orders", *(("Pieces",) if pieces else ()), measure)
        best = f"; first {names[0]} with {self.money(shares[0].revenue)}" if shares else ""
        return Chart(
            name=part,
            title=title,
            part=part,
            kind="bar",
            data=json.dumps(data),
            options=bar_options(lying=True),
            head=head,
            rows=[
                Row(
                    (name, f"{share.orders:,}", *((f"{share.units:,}",) if pieces else ()), self.money(share.revenue)),
                    self._url(part, share),
                    (self._orders_of(part, share),) * (3 if pieces else 2),
                )
                for name, share in zip(names, shares, strict=True)
            ],
            summary=f"{title} by {'what was ordered' if measure == ORDERED else 'sold goods'}{best}",
            note=MEANS.get(measure) or goods_mean(self.shop),
        )

    def by_hour(self, shares: Sequence[Share]) -> Chart:
        orders: dict[tuple[int, int], int] = {}
        for share in shares:
            weekday, hour = share.key.split()
            orders[int(weekday), int(hour)] = share.orders
        most = max(orders.values(), default=0)
        dots = [
            {"x": hour, "y": WEEKDAYS[weekday - 1][:3], "r": radius(count / most)}
            for (weekday, hour), count in orders.items()
        ]
        busiest = max(orders, key=lambda place: orders[place], default=None)
        said = "no orders"
        if busiest:
            said = f"the most on {WEEKDAYS[busiest[0] - 1]} from {busiest[1]} to {busiest[1] + 1} o'clock: {most:,}"
        hours = range(24)
        return Chart(
            name="hours",
            title="Hours of the week",
            part="hours",
            kind="bubble",
            data=json.dumps({"datasets": [{"label": "Orders", "data": dots, "backgroundColor": BRAND, "clip": False}]}),
            options=hour_options(),
            head=("Orders", *(str(hour) for hour in hours)),
            rows=[
                Row(
                    (weekday, *(f"{orders.get((number, hour), 0):,}" for hour in hours)),
                    orders=tuple(
                        self._orders(hour=f"{number}.{hour}") if (number, hour) in orders else "" for hour in hours
                    ),
                )
                for number, weekday in enumerate(WEEKDAYS, start=1)
            ],
            summary=f"Orders by weekday and hour, {said}",
        )

    def _name(self, part: str, share: Share) -> str:
        if part == "countries":
            return formats.country(share.key) if share.key else "No country"
        return share.name or "Without a category"

    def _url(self, part: str, share: Share) -> str:
        match part:
            case "products" if self.sees_products:
                return reverse("admin:tenant_shop_product_change", args=[share.key])
            case "categories" if self.sees_products:
                where = {"category__id__exact": share.key} if share.key else {"category__isnull": "True"}
                return f"{reverse('admin:tenant_shop_product_changelist')}?{urlencode(where)}"
            case "countries":
                return self._orders_of(part, share)
        return ""

    def _orders_of(self, part: str, share: Share) -> str:
        match part:
            case "products":
                return self._orders(product=share.key)
            case "categories":
                return self._orders(shelf=share.key or NO_CATEGORY)
            case _:
                return self._orders(country=share.key or NO_COUNTRY)

    def _orders(self, span: Period | None = None, **filters: str) -> str:
        """The orders that a number counts, for who may see orders."""
        if not self.sees_orders:
            return ""
        return order_list(span or self.days.period, self.shop, counted="all", **filters)


def goods_mean(shop: ShopSettings) -> str:
    """What is measured where lines of orders are added up: they are at the shop's own prices."""
    tax = "with" if shop.prices_include_tax else "without"
    return f"Goods: at your prices, {tax} tax, less discounts and points, without delivery, before refunds."
