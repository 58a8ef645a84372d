"""`/dashboard/cohorts/`: of those who bought for the first time in a month, how many came back in each one after."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from platform_core.plans.limits import Feature
from platform_core.tenancy.context import current_tenant
from smartseller.money import quantize
from smartseller.spreadsheet import MARK
from tenant_shop.analytics.cohorts import MOST_MONTHS, Cohort, cohorts_of
from tenant_shop.backoffice.access import staff_required
from tenant_shop.backoffice.site import backoffice
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.dashboard.download import FIGURES
from tenant_shop.dashboard.not_in_plan import offer_of, offer_page

TITLE = "Who comes back"
SPANS = (12, MOST_MONTHS)
SHADES = 9


@dataclass(frozen=True, slots=True)
class Cell:
    """How many of a cohort bought in a month; `heat` is a shade from 0 to 9."""

    percent: int
    buyers: int
    heat: int


@dataclass(frozen=True, slots=True)
class Line:
    """A cohort, and a cell for each month after its first; those that have not come yet are left out."""

    first_day: date
    size: int
    cells: list[Cell]


@require_safe
@staff_required
def cohorts(request: HttpRequest) -> HttpResponse:
    """The cohorts of the last 12 months, or of 24; with `csv` as a file. One statement besides those of every page."""
    if not request.user.has_perm(FIGURES):
        raise PermissionDenied
    offer = offer_of(request, Feature.ADVANCED_REPORTS)
    if offer:
        return offer_page(request, offer, title=TITLE)
    shop = shop_settings()
    months = SPANS[1] if request.GET.get("months") == str(SPANS[1]) else SPANS[0]
    first = first_of(timezone.now().astimezone(shop.zone).date(), months)
    found = cohorts_of(first, months, shop)
    if "csv" in request.GET:
        return _file(found, shop)
    lines = lines_of(found, first, months)
    context = {
        **backoffice.each_context(request),
        "title": TITLE,
        "months": months,
        "spans": SPANS,
        "lines": lines,
        "numbers": range(1, max((len(line.cells) for line in lines), default=0) + 1),
    }
    return TemplateResponse(request, "dashboard/cohorts.html", context)


def first_of(today: date, months: int) -> date:
    """The first day of the months of which the last is today's."""
    number = today.year * 12 + today.month - months
    return date(number // 12, number % 12 + 1, 1)


def lines_of(found: Sequence[Cohort], first: date, months: int) -> list[Line]:
    """The newest cohort first, of `months` months from the day `first` on. Shares are rounded half up to whole per
    cent.
    """
    lines = []
    for cohort in reversed(found):
        passed = 12 * (cohort.first_day.year - first.year) + cohort.first_day.month - first.month
        buyers = {month.number: month.buyers for month in cohort.months}
        cells = [_cell(buyers.get(number, 0), cohort.size) for number in range(1, months - passed)]
        lines.append(Line(cohort.first_day, cohort.size, cells))
    return lines


def _cell(buyers: int, size: int) -> Cell:
    percent = int((Decimal(100 * buyers) / size).quantize(Decimal(1), ROUND_HALF_UP))
    return Cell(percent, buyers, min(SHADES, percent // 10))


def _file(found: Sequence[Cohort], shop: ShopSettings) -> HttpResponse:
    written = io.StringIO()
    rows: list[Sequence[Any]] = [("cohort", "size", "months_after", "buyers", "orders", f"ordered ({shop.currency})")]
    rows += [
        (f"{cohort.first_day:%Y-%m}", cohort.size, month.number, month.buyers, month.orders,
         quantize(month.revenue, shop.currency))
        for cohort in found
        for month in cohort.months
    ]  # fmt: skip
    csv.writer(written).writerows(rows)
    response = HttpResponse(MARK + written.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{current_tenant().slug}-cohorts.csv"'
    return response
