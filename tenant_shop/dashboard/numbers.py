"""The figures on top: each beside that of the period before, and each with the list that is behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse

from smartseller.money import display
from tenant_shop.analytics.counted import returning_buyers
from tenant_shop.analytics.figures import Days
from tenant_shop.analytics.period import Period
from tenant_shop.backoffice.at_once import Question, how_many_in_all
from tenant_shop.configuration.settings import ShopSettings


@dataclass(frozen=True, slots=True)
class Number:
    """A figure in words. `change` is how much more or less than before, in whole per cent: None where nothing can be
    compared. `url` leads to the rows behind it.
    """

    name: str
    title: str
    value: str
    before: str
    change: int | None
    explanation: str
    url: str

    @property
    def amount(self) -> int:
        """The change without its sign."""
        return abs(self.change or 0)


def returning_questions(period: Period, shop: ShopSettings) -> dict[str, Question]:
    """How many buyers of the period, and of the one before, had bought earlier."""
    return {
        "returning": how_many_in_all(*returning_buyers(period, shop)),
        "returning_before": how_many_in_all(*returning_buyers(period.before, shop)),
    }


def numbers_of(
    days: Days, answers: Mapping[str, Any], shop: ShopSettings, *, sees_orders: bool, has_analytics: bool
) -> list[Number]:
    """Sales, orders, average; with analytics conversion, new and returning customers, by the `answers` to
    `returning_questions`.
    """

    def money(amount: Decimal | None) -> str:
        return "–" if amount is None else display(amount, shop.currency, shop.language)  # noqa: RUF001

    def percent(rate: Decimal | None) -> str:
        return "–" if rate is None else f"{rate} %"  # noqa: RUF001

    def orders(which: str) -> str:
        return order_list(days.period, shop, counted=which) if sees_orders else elsewhere

    def buyers(which: str) -> str:
        span = f"{which}.{days.period.first}.{days.period.last}"
        return order_list(days.period, shop, buyers=span) if sees_orders else elsewhere

    elsewhere = "#days" if has_analytics else "#chart-sales"
    now, before = days.now, days.before
    average, earlier = now.average(shop.currency), before.average(shop.currency)
    found = [
        Number(
            "sales", "Sales", money(now.sales), money(before.sales), change(now.sales, before.sales),
            "with tax and delivery, less what was given back", orders("all"),
        ),
        Number(
            "orders", "Orders", f"{now.orders:,}", f"{before.orders:,}", change(now.orders, before.orders),
            "without cancelled and unpaid ones", orders("all"),
        ),
        Number(
            "average", "Average order", money(average), money(earlier), change(average, earlier),
            "before anything was given back", orders("all"),
        ),
    ]  # fmt: skip
    if not has_analytics:
        return found
    returned, earlier_returned = int(answers["returning"]), int(answers["returning_before"])
    return [
        *found,
        Number(
            "conversion", "Conversion", percent(now.conversion), percent(before.conversion),
            change(now.conversion, before.conversion),
            f"orders for 100 of {now.visitors:,} visitors" if now.visitors else "no visitors were counted", "#days",
        ),
        Number(
            "new", "New customers", f"{now.new:,}", f"{before.new:,}", change(now.new, before.new),
            "ordered for the first time", buyers("new"),
        ),
        Number(
            "returning", "Returning customers", f"{returned:,}", f"{earlier_returned:,}",
            change(returned, earlier_returned), "had ordered before these days; each once", buyers("returning"),
        ),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class AsOf:
    """An honest word about how new the figures are; `is_behind` when whole days are missing."""

    text: str
    is_behind: bool


def as_of(days: Days, zone: ZoneInfo) -> AsOf:
    """What is to be said of the figures of `days`; times in `zone`."""
    if days.newest is None or days.as_of is None:
        return AsOf("Nothing has been added up yet; figures come within the hour.", is_behind=True)
    moment = f"{days.as_of.astimezone(zone):%-d %b %Y, %H:%M}"
    if days.newest < days.period.last:
        text = f"The days after {days.newest:%-d %b %Y} have not been added up yet. Figures as of {moment}."
        return AsOf(text, is_behind=True)
    return AsOf(f"Figures as of {moment}." if days.is_missing_days(zone) else "", is_behind=False)


def change(now: Decimal | int | None, before: Decimal | int | None) -> int | None:
    """By how many per cent `now` is more, or less, than `before`, rounded half up; None without something to compare
    with.
    """
    if now is None or before is None or before <= 0:
        return None
    return int((Decimal(now - before) * 100 / Decimal(before)).quantize(Decimal(1), ROUND_HALF_UP))


def order_list(period: Period, shop: ShopSettings, **filters: str) -> str:
    """The list of orders placed in the period, with the filters of the order list."""
    span = {
        "created_at__gte": period.starts(shop.zone).isoformat(),
        "created_at__lt": period.ends(shop.zone).isoformat(),
    }
    return f"{reverse('admin:tenant_shop_order_changelist')}?{urlencode({**filters, **span})}"
