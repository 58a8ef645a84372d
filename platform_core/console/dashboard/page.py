"""The first page of the console, and the files of its figures."""

from datetime import UTC
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from platform_core.console.dashboard.charts import chart_of
from platform_core.console.dashboard.chosen import LAST, chosen_days
from platform_core.console.dashboard.health import health_of
from platform_core.console.dashboard.numbers import numbers_of
from platform_core.console.dashboard.tables import PARTS, tables_of
from platform_core.metrics.business.overview import business_of

FIGURES = "platform_core.view_platformmetric"


@require_safe
def dashboard(request: HttpRequest, context: dict[str, Any]) -> TemplateResponse:
    """What is to be looked at, the business in numbers and charts, the fleet; `context` is the console's."""
    now = timezone.now()
    today = now.astimezone(UTC).date()
    context = {**context, "title": "Dashboard", "health": health_of(now)}
    if request.user.has_perm(FIGURES):
        chosen = chosen_days(request.GET, today)
        found = business_of(chosen.span, today)
        context |= {
            "chosen": chosen,
            "periods": LAST,
            "numbers": numbers_of(found),
            "charts": [chart_of(table) for table in tables_of(found)],
            "known_until": found.days[-1].date if found.days else None,
        }
    return TemplateResponse(request, "admin/console/index.html", context)


@require_safe
def figures_file(request: HttpRequest, part: str) -> HttpResponseBase:
    """The table behind one chart, of the days that are chosen, as CSV."""
    if not request.user.has_perm(FIGURES):
        raise PermissionDenied
    if part not in PARTS:
        raise Http404
    today = timezone.now().astimezone(UTC).date()
    chosen = chosen_days(request.GET, today)
    table = PARTS[part](business_of(chosen.span, today))
    response = HttpResponse("".join(table.csv_lines()), content_type="text/csv; charset=utf-8")
    name = f"platform-{part}-{chosen.span.first}-{chosen.span.last}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
