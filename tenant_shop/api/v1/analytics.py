"""`/api/v1/analytics/`: what the shop sold by day, what sold best, and who came back."""

from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.plans.limits import Feature
from smartseller.api.errors import BadRequest
from smartseller.api.lists import Filter, check_parameters, written_moment
from smartseller.api.outputs import Output
from smartseller.money import quantize
from tenant_shop.analytics.cohorts import MOST_MONTHS, cohorts_of
from tenant_shop.analytics.figures import Figures, Share, days_of, every_share
from tenant_shop.analytics.period import Period
from tenant_shop.api.gate.in_plan import check_feature
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.base import ShopAPIView
from tenant_shop.configuration.settings import ShopSettings, shop_settings

USUAL_DAYS, MOST_DAYS = 30, 366
USUAL_ROWS, MOST_ROWS = 10, 200
USUAL_MONTHS = 12
# Figures are of this age of the world.
EARLIEST = date(2000, 1, 2)


class Day(serializers.DateField):
    """A day of the shop, in its time zone."""

    def to_internal_value(self, value: Any) -> Any:
        found: date = super().to_internal_value(value)
        if not EARLIEST <= found < date(2200, 1, 1):
            raise serializers.ValidationError("There are no figures of that age.", "out_of_range")
        return found


PERIOD = {
    "from": Filter(Day(), "", f"The first day; {USUAL_DAYS} days before the last unless told."),
    "until": Filter(Day(), "", "The last day; today unless told."),
}


class FiguresOutput(serializers.Serializer[Any]):
    """`sales` is what orders cost less what was given back, `gross` what they cost; `conversion` is in percent."""

    sales = serializers.CharField()
    gross = serializers.CharField()
    average_order = serializers.CharField(allow_null=True)
    orders = serializers.IntegerField()
    units = serializers.IntegerField()
    new_customers = serializers.IntegerField()
    returning_customers = serializers.IntegerField()
    visitors = serializers.IntegerField()
    views = serializers.IntegerField()
    conversion = serializers.CharField(allow_null=True)


class DayFiguresOutput(FiguresOutput):
    date = serializers.DateField()


class DailyOutput(Output):
    """The days of a period in order, all together, and as many days before. `as_of`: when they were added up."""

    first_day = serializers.DateField()
    last_day = serializers.DateField()
    timezone = serializers.CharField()
    currency = serializers.CharField()
    as_of = serializers.DateTimeField(allow_null=True)
    total = FiguresOutput()
    before = FiguresOutput()
    days = DayFiguresOutput(many=True)


class AnalyticsView(ShopAPIView):
    """Figures of a period, where the plan includes `feature`."""

    scopes = Scopes("analytics")
    feature: ClassVar[Feature] = Feature.ANALYTICS
    place_filters: ClassVar[dict[str, Filter]] = PERIOD
    output: ClassVar[type[Output]]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Errors: Refusal 403 where the plan does not."""
        super().initial(request, *args, **kwargs)
        check_feature(self.feature)

    def given(self, request: Request) -> dict[str, Any]:
        written = request.query_params
        check_parameters(written, tuple(self.place_filters))
        return {name: one.read(name, str(written[name])) for name, one in self.place_filters.items() if name in written}

    def period(self, given: dict[str, Any], shop: ShopSettings) -> Period:
        """Errors: BadRequest for one that ends before it begins, or is longer than a year."""
        last: date = given.get("until") or timezone.now().astimezone(shop.zone).date()
        first: date = given.get("from") or last - timedelta(days=USUAL_DAYS - 1)
        if first > last:
            raise BadRequest("It ends before it begins.", code="ends_before_it_begins", param="until")
        period = Period(first, last)
        if period.length > MOST_DAYS:
            raise BadRequest(f"At most {MOST_DAYS} days at once.", code="too_long", param="from")
        return period


class Daily(AnalyticsView):
    """The shop's figures by day, at most 366 days."""

    operation = "list_daily_analytics"
    output = DailyOutput

    def get(self, request: Request) -> Response:
        given, shop = self.given(request), shop_settings()
        period = self.period(given, shop)
        days = days_of(period)
        return Response(
            {
                **_about(period, shop),
                "as_of": written_moment(days.as_of) if days.as_of else None,
                "total": _told(days.now, shop.currency),
                "before": _told(days.before, shop.currency),
                "days": [{"date": str(day), **_told(figures, shop.currency)} for day, figures in days.each],
            }
        )


class ShareOutput(serializers.Serializer[Any]):
    """What belongs to one of them; `key` is an id, or a country's code, empty for none."""

    key = serializers.CharField()
    name = serializers.CharField()
    orders = serializers.IntegerField()
    units = serializers.IntegerField(allow_null=True)
    revenue = serializers.CharField()


class SharesOutput(Output):
    """The best of a period first, by revenue before what was given back."""

    first_day = serializers.DateField()
    last_day = serializers.DateField()
    timezone = serializers.CharField()
    currency = serializers.CharField()
    results = ShareOutput(many=True)


class Shares(AnalyticsView):
    output = SharesOutput
    part: ClassVar[str]
    place_filters = {
        **PERIOD,
        "limit": Filter(serializers.IntegerField(min_value=1, max_value=MOST_ROWS), "", "Rows of the answer."),
    }

    def get(self, request: Request) -> Response:
        given, shop = self.given(request), shop_settings()
        period = self.period(given, shop)
        found = every_share(self.part, period, most=given.get("limit", USUAL_ROWS))
        return Response({**_about(period, shop), "results": [_share(share, shop.currency) for share in found]})


class TopProducts(Shares):
    """The products that sold best in a period."""

    operation, part = "list_top_products", "products"


class TopCategories(Shares):
    """The categories that sold best in a period, by where products stood then."""

    operation, part = "list_top_categories", "categories"


class TopCountries(Shares):
    """The countries that most was sold to in a period."""

    operation, part = "list_top_countries", "countries"


class MonthOutput(serializers.Serializer[Any]):
    """What a cohort did so many months after its first: buyers, each once."""

    number = serializers.IntegerField()
    buyers = serializers.IntegerField()
    orders = serializers.IntegerField()
    revenue = serializers.CharField()


class CohortOutput(serializers.Serializer[Any]):
    """Who bought for the first time in a month."""

    month = serializers.CharField(help_text="Such as 2026-11.")
    size = serializers.IntegerField()
    months = MonthOutput(many=True)


class CohortTableOutput(Output):
    """Cohorts by month, the oldest first; months in which nobody of one bought are left out."""

    timezone = serializers.CharField()
    currency = serializers.CharField()
    cohorts = CohortOutput(many=True)


class Cohorts(AnalyticsView):
    """Customers by the month of their first order, and how many came back in each month after it."""

    operation = "list_cohorts"
    feature = Feature.ADVANCED_REPORTS
    output = CohortTableOutput
    place_filters = {
        "until": PERIOD["until"],
        "months": Filter(serializers.IntegerField(min_value=1, max_value=MOST_MONTHS), "", "Months up to that day's."),
    }

    def get(self, request: Request) -> Response:
        given, shop = self.given(request), shop_settings()
        months = given.get("months", USUAL_MONTHS)
        last = given.get("until") or timezone.now().astimezone(shop.zone).date()
        whole = last.year * 12 + last.month - months
        found = cohorts_of(date(whole // 12, whole % 12 + 1, 1), months, shop)
        return Response(
            {
                "timezone": shop.timezone,
                "currency": shop.currency,
                "cohorts": [
                    {
                        "month": f"{cohort.first_day:%Y-%m}",
                        "size": cohort.size,
                        "months": [
                            {**asdict(month), "revenue": _amount(month.revenue, shop.currency)}
                            for month in cohort.months
                        ],
                    }
                    for cohort in found
                ],
            }
        )


def _about(period: Period, shop: ShopSettings) -> dict[str, Any]:
    return {
        "first_day": str(period.first),
        "last_day": str(period.last),
        "timezone": shop.timezone,
        "currency": shop.currency,
    }


def _told(figures: Figures, currency: str) -> dict[str, Any]:
    average = figures.average(currency)
    return {
        "sales": _amount(figures.sales, currency),
        "gross": _amount(figures.gross, currency),
        "average_order": None if average is None else str(average),
        "orders": figures.orders,
        "units": figures.units,
        "new_customers": figures.new,
        "returning_customers": figures.returning,
        "visitors": figures.visitors,
        "views": figures.views,
        "conversion": None if figures.conversion is None else str(figures.conversion),
    }


def _share(share: Share, currency: str) -> dict[str, Any]:
    units = None if share.units is None else int(share.units)
    revenue = _amount(share.revenue, currency)
    return {"key": share.key, "name": share.name, "orders": int(share.orders), "units": units, "revenue": revenue}


def _amount(value: Decimal, currency: str) -> str:
    return str(quantize(value, currency))
