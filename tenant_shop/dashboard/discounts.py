"""`/dashboard/discounts/`: which discounts were used, what they took off, and what was sold with them."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from platform_core.plans.limits import Feature
from platform_core.tenancy.context import current_tenant
from smartseller.money import display, quantize
from smartseller.spreadsheet import MARK, safe
from tenant_shop.analytics.discounts import DiscountUse, Used, uses_by_day, uses_by_discount
from tenant_shop.backoffice.access import staff_required
from tenant_shop.backoffice.site import backoffice
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.dashboard.charts import Chart, Row
from tenant_shop.dashboard.chosen import LAST, Chosen, chosen_days
from tenant_shop.dashboard.download import FIGURES
from tenant_shop.dashboard.drawing import BRAND, bar_options, floats, grouped
from tenant_shop.dashboard.not_in_plan import offer_of, offer_page
from tenant_shop.dashboard.numbers import order_list
from tenant_shop.promotions.models import DiscountCode

TITLE = "Discounts in use"
SEES_DISCOUNTS = "tenant_shop.view_discountcode"


@require_safe
@staff_required
def discounts(request: HttpRequest) -> HttpResponse:
    """The discounts of the chosen days and, of all or of one of them, the days; with `csv` the discounts as a file."""
    if not (request.user.has_perm(FIGURES) and request.user.has_perm(SEES_DISCOUNTS)):
        raise PermissionDenied
    offer = offer_of(request, Feature.ADVANCED_REPORTS)
    if offer:
        return offer_page(request, offer, title=TITLE)
    shop = shop_settings()
    chosen = chosen_days(request.GET, timezone.now().astimezone(shop.zone).date())
    one = _one(request.GET.get("discount", ""))
    each = uses_by_discount(chosen.period, shop)
    if "csv" in request.GET:
        return _file(each, chosen, shop)
    days = uses_by_day(chosen.period, shop, one.pk if one else None)
    context = {
        **backoffice.each_context(request),
        "title": TITLE,
        "chosen": chosen,
        "periods": LAST,
        "one": one,
        "rows": [_row(use, chosen, shop) for use in each],
        "chart": _chart(days, shop),
        "is_used": any(used.uses or used.given_back for _, used in days),
    }
    return TemplateResponse(request, "dashboard/discounts.html", context)


def _one(asked: str) -> DiscountCode | None:
    """The discount that is asked for; 404 for one that there is none of."""
    if not asked:
        return None
    try:
        found = DiscountCode.objects.filter(pk=UUID(asked)).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


def _row(use: DiscountUse, chosen: Chosen, shop: ShopSettings) -> dict[str, Any]:
    used = use.used
    average = quantize(used.sales / used.counting, shop.currency) if used.counting else None
    return {
        "title": use.title,
        "url": reverse("admin:tenant_shop_discountcode_change", args=[use.id]),
        "days_url": f"?{chosen.query}&{urlencode({'discount': str(use.id)})}#days",
        "uses": used.uses,
        "orders_url": order_list(chosen.period, shop, discount=str(use.id)),
        "given_back": used.given_back,
        "discount": display(used.discount, shop.currency),
        "delivery": display(used.delivery, shop.currency),
        "sales": display(used.sales, shop.currency),
        "average": display(average, shop.currency) if average is not None else "-",
    }


def _chart(days: Sequence[tuple[date, Used]], shop: ShopSettings) -> Chart:
    taken = grouped(days, lambda used: used.discount)
    uses = grouped(days, lambda used: Decimal(used.uses))
    sales = grouped(days, lambda used: used.sales)
    data = {
        "labels": [label for label, _, _ in taken],
        "datasets": [{"label": "Taken off", "data": floats(taken), "backgroundColor": BRAND, "borderRadius": 3}],
    }
    total = display(sum((amount for _, _, amount in taken), Decimal(0)), shop.currency)
    return Chart(
        name="discounts",
        title="Taken off",
        part="",
        kind="bar",
        data=json.dumps(data),
        options=bar_options(),
        head=("Days", "Uses", "Taken off", "Sales"),
        rows=[
            Row((label, f"{count:,}", display(amount, shop.currency), display(sold, shop.currency)))
            for (_, label, amount), (_, _, count), (_, _, sold) in zip(taken, uses, sales, strict=True)
        ],
        summary=f"Taken off: {total}",
    )


def _file(each: Sequence[DiscountUse], chosen: Chosen, shop: ShopSettings) -> HttpResponse:
    """400 for days that are none, as for the other figures."""
    if chosen.problem:
        return HttpResponse(chosen.problem, status=400, content_type="text/plain; charset=utf-8")
    written = io.StringIO()
    rows: list[Sequence[Any]] = [("discount", "uses", "given_back", "taken_off", "delivery", "sales", "currency")]
    for use in each:
        amounts = (use.used.discount, use.used.delivery, use.used.sales)
        money = [quantize(amount, shop.currency) for amount in amounts]
        rows.append((use.title, use.used.uses, use.used.given_back, *money, shop.currency))
    csv.writer(written).writerows([safe(cell) for cell in row] for row in rows)
    # The mark in front tells spreadsheets that it is UTF-8.
    response = HttpResponse(MARK + written.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"{current_tenant().slug}-discounts-{chosen.period.first}-{chosen.period.last}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
