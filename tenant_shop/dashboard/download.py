"""The figures behind the charts as CSV, for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from platform_core.plans.limits import Feature
from platform_core.tenancy.context import current_tenant
from smartseller import formats
from smartseller.money import quantize
from smartseller.spreadsheet import MARK, safe
from tenant_shop.analytics.figures import days_of, every_share
from tenant_shop.analytics.period import Period
from tenant_shop.backoffice.access import staff_required
from tenant_shop.backoffice.counted_orders import WEEKDAYS
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.dashboard.charts import MEASURE_OF
from tenant_shop.dashboard.chosen import chosen_days

FIGURES = "tenant_shop.view_analyticsdaily"
PARTS = ("days", "products", "categories", "countries", "hours")


@require_safe
@staff_required
def download(request: HttpRequest, part: str) -> HttpResponse:
    """All rows of one part for the days that are asked for, as they are on the page; 400 for days that are none. Where
    the plan has no files, the page that says so.
    """
    if not request.user.has_perm(FIGURES):
        raise PermissionDenied
    if part not in PARTS:
        raise Http404
    if not current_tenant().plan_terms.includes(Feature.ANALYTICS):
        return redirect(f"{reverse('dashboard:home')}#{Feature.ANALYTICS.key}")
    shop = shop_settings()
    chosen = chosen_days(request.GET, timezone.now().astimezone(shop.zone).date())
    if chosen.problem:
        return HttpResponse(chosen.problem, status=400, content_type="text/plain; charset=utf-8")
    written = io.StringIO()
    csv.writer(written).writerows([safe(cell) for cell in row] for row in _rows(part, chosen.period, shop))
    response = HttpResponse(MARK + written.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"{current_tenant().slug}-{part}-{chosen.period.first}-{chosen.period.last}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _rows(part: str, period: Period, shop: ShopSettings) -> Iterator[Iterable[Any]]:
    def money(amount: Decimal) -> Decimal:
        return quantize(amount, shop.currency)

    if part == "days":
        yield (
            "date", f"sales ({shop.currency})", f"ordered ({shop.currency})", "orders", "pieces",
            f"average order ({shop.currency})", "visitors", "page views", "conversion (%)", "new customers",
            "returning customers",
        )  # fmt: skip
        for day, one in days_of(period).each:
            yield (
                day, money(one.sales), money(one.gross), one.orders, one.units, one.average(shop.currency),
                one.visitors, one.views, one.conversion, one.new, one.returning,
            )  # fmt: skip
        return
    names = {"products": ("product",), "categories": ("category",), "countries": ("code", "country"),
             "hours": ("weekday", "hour")}  # fmt: skip
    pieces = part in ("products", "categories")
    yield (*names[part], "orders", *(("pieces",) if pieces else ()), f"{MEASURE_OF[part].lower()} ({shop.currency})")
    for share in every_share(part, period):
        match part:
            case "countries":
                named: tuple[Any, ...] = (share.key, formats.country(share.key) if share.key else "")
            case "hours":
                weekday, hour = share.key.split()
                named = (WEEKDAYS[int(weekday) - 1], int(hour))
            case _:
                named = (share.name,)
        yield (*named, share.orders, *((share.units,) if pieces else ()), money(share.revenue))
