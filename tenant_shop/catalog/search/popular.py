"""What others search for, and find."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Sum

from platform_core.tenancy.context import current_tenant
from tenant_shop.catalog.search.models import SearchCount

COUNTED = timedelta(days=30)
# What one person typed is nobody else's business.
OFTEN = 3


def popular_searches(limit: int, *, now: datetime, beginning: str = "") -> list[str]:
    """The texts that shoppers searched for most in the last 30 days and always found something by, the commonest first.

    `beginning` is how they begin. One statement.
    """
    today = now.astimezone(ZoneInfo(current_tenant().timezone)).date()
    found = SearchCount.objects.filter(day__gte=today - COUNTED, text__startswith=beginning.lower())
    often = found.order_by().values("text").annotate(times=Sum("searches"), vain=Sum("without_results"))
    return list(
        often.filter(times__gte=OFTEN, vain=0).order_by("-times", "text").values_list("text", flat=True)[:limit]
    )
