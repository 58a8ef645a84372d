"""What shoppers searched for lately, and what they did not find."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Sum

from platform_core.tenancy.context import current_tenant
from tenant_shop.catalog.search.models import SearchCount

PERIOD = timedelta(days=30)
LONGEST = 50


@dataclass(frozen=True, slots=True)
class SearchLine:
    """A text, how many times it was searched for, and how often in vain."""

    text: str
    times: int
    vain: int


@dataclass(frozen=True, slots=True)
class SearchReport:
    """The fifty commonest texts `since` a day of the shop, and the fifty that most often found nothing."""

    since: date
    commonest: list[SearchLine]
    in_vain: list[SearchLine]


def search_report(now: datetime) -> SearchReport:
    """The last 30 days, until `now` (aware). Two statements."""
    since = now.astimezone(ZoneInfo(current_tenant().timezone)).date() - PERIOD
    texts = (
        SearchCount.objects.filter(day__gt=since)
        .order_by()
        .values("text")
        .annotate(times=Sum("searches"), vain=Sum("without_results"))
    )
    return SearchReport(
        since=since + timedelta(days=1),
        commonest=[SearchLine(**row) for row in texts.order_by("-times", "text")[:LONGEST]],
        in_vain=[SearchLine(**row) for row in texts.filter(vain__gt=0).order_by("-vain", "text")[:LONGEST]],
    )
