"""The figures of a period, read from what was rolled up: as many statements for ten orders as for millions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q, Subquery

from platform_core.tenancy.connections import shop_connection
from smartseller.money import quantize
from tenant_shop.analytics.models import AnalyticsDaily
from tenant_shop.analytics.period import Period

ZERO = Decimal(0)
CENT = Decimal("0.01")
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What happened in a period. Amounts are in the shop's currency.

    `sales` is what orders cost less what was given back, `gross` what they cost. Of `returning` each buyer counts once
    a day: of more days than one, `counted.returning_buyers` has the number.
    """

    sales: Decimal = ZERO
    gross: Decimal = ZERO
    orders: int = 0
    units: int = 0
    new: int = 0
    returning: int = 0
    visitors: int = 0
    views: int = 0

    def average(self, currency: str) -> Decimal | None:
        """What an order cost on average before anything was given back, rounded half up to the minor unit."""
        return quantize(self.gross / self.orders, currency) if self.orders else None

    @property
    def conversion(self) -> Decimal | None:
        """Orders for a hundred visitors, rounded half up to two decimals; None when nobody was counted."""
        return (HUNDRED * self.orders / self.visitors).quantize(CENT, ROUND_HALF_UP) if self.visitors else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The days of a period and of the one before, in order, with the figures of all of them.

    `newest` is the newest day that was ever added up and `as_of` when that was; both None when none was yet.
    """

    period: Period
    now: Figures
    before: Figures
    each: list[tuple[date, Figures]]
    each_before: list[tuple[date, Figures]]
    newest: date | None
    as_of: datetime | None

    def is_missing_days(self, zone: ZoneInfo) -> bool:
        """Whether the last days of the period are not added up, or only in part."""
        if self.newest is None or self.as_of is None or self.newest < self.period.last:
            return True
        return self.newest == self.period.last and self.as_of < self.period.ends(zone)


def days_of(period: Period) -> Days:
    """One statement."""
    newest = AnalyticsDaily.objects.order_by("-date").values("date")[:1]
    asked = Q(date__range=(period.before.first, period.last)) | Q(date=Subquery(newest))
    rows = {row.date: row for row in AnalyticsDaily.objects.filter(asked)}
    last = max(rows, default=None)
    return Days(
        period=period,
        now=_sum(rows[day] for day in period.days if day in rows),
        before=_sum(rows[day] for day in period.before.days if day in rows),
        each=[(day, _sum([rows[day]] if day in rows else [])) for day in period.days],
        each_before=[(day, _sum([rows[day]] if day in rows else [])) for day in period.before.days],
        newest=last,
        as_of=rows[last].rolled_up_at if last else None,
    )


def _sum(rows: Iterable[AnalyticsDaily]) -> Figures:
    found = list(rows)

    def total(column: str) -> int:
        return sum(getattr(row, column) for row in found)

    return Figures(
        sales=sum((row.total_revenue for row in found), ZERO),
        gross=sum((row.gross_revenue for row in found), ZERO),
        orders=total("total_orders"),
        units=total("units_sold"),
        new=total("new_customers"),
        returning=total("returning_customers"),
        visitors=total("website_visitors"),
        views=total("page_views"),
    )


class Share(NamedTuple):
    """What of a period belongs to one product, category, country or hour.

    `key` is an id, a country's code or "weekday hour" (1 is Monday), empty for none; `units` is None where pieces are
    not counted.
    """

    key: str
    name: str
    orders: int
    units: int | None
    revenue: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """A period's best first; the hours of the week in their order, those without orders left out."""

    products: list[Share]
    categories: list[Share]
    countries: list[Share]
    hours: list[Share]


PARTS = {
    "products": """
        SELECT p.id::text, p.name, sum(d.orders), sum(d.units_sold), sum(d.revenue)
        FROM analytics_product_daily d JOIN products p ON p.id = d.product_id
        WHERE d.date BETWEEN %(first)s AND %(last)s GROUP BY p.id
        ORDER BY 5 DESC, 2, 1
    """,
    "categories": """
        SELECT COALESCE(c.id::text, ''), COALESCE(c.name, ''), sum(d.orders), sum(d.units_sold), sum(d.revenue)
        FROM analytics_category_daily d LEFT JOIN categories c ON c.id = d.category_id
        WHERE d.date BETWEEN %(first)s AND %(last)s GROUP BY c.id
        ORDER BY 5 DESC, 2, 1
    """,
    "countries": """
        SELECT d.country, d.country, sum(d.orders), NULL::bigint, sum(d.revenue)
        FROM analytics_country_daily d WHERE d.date BETWEEN %(first)s AND %(last)s GROUP BY d.country
        ORDER BY 5 DESC, 1
    """,
    "hours": """
        SELECT extract(isodow FROM d.date) || ' ' || d.hour, '', sum(d.orders), NULL::bigint, sum(d.revenue)
        FROM analytics_hour_daily d WHERE d.date BETWEEN %(first)s AND %(last)s
        GROUP BY extract(isodow FROM d.date), d.hour
        ORDER BY extract(isodow FROM d.date), d.hour
    """,
}


def shares_of(period: Period, *, most: int) -> Shares:
    """The `most` best products, categories and countries, and all hours; one statement."""
    limits = {"products": most, "categories": most, "countries": most, "hours": 7 * 24}
    parts = [f"(SELECT '{part}', found.* FROM ({PARTS[part]} LIMIT {limits[part]}) AS found)" for part in PARTS]  # noqa: S608
    found: dict[str, list[Share]] = {part: [] for part in PARTS}
    for part, *row in _ask(" UNION ALL ".join(parts), period):
        found[part].append(Share(*row))
    for part in ("products", "categories", "countries"):
        found[part].sort(key=lambda share: (-share.revenue, share.name, share.key))
    return Shares(**found)


def every_share(part: str, period: Period, *, most: int | None = None) -> list[Share]:
    """One part ("products", "categories", "countries", "hours"), all of it or the `most` best; one statement.

    Errors: KeyError.
    """
    limit = "" if most is None else f" LIMIT {most:d}"
    return [Share(*row) for row in _ask(PARTS[part] + limit, period)]


def _ask(sql: str, period: Period) -> list[tuple]:  # type: ignore[type-arg]
    with shop_connection().cursor() as cursor:
        cursor.execute(sql, {"first": period.first, "last": period.last})
        return cursor.fetchall()  # type: ignore[no-any-return]
