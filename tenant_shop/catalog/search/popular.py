"""What others search for, and find."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Func, Max, Sum

from platform_core.tenancy.context import current_tenant
from tenant_shop.catalog.search.models import SearchCount

COUNTED = timedelta(days=30)
# What one person typed is nobody else's business.
OFTEN = 3


def popular_searches(limit: int, *, now: datetime, beginning: str = "") -> list[str]:
    """The texts that shoppers searched for most in the last 30 days and always found something by, the commonest first.

    Every visitor reads them, so each of their words is one of the shop's own. `beginning` is how they begin. One
    statement.
    """
    today = now.astimezone(ZoneInfo(current_tenant().timezone)).date()
    found = SearchCount.objects.filter(day__gte=today - COUNTED, text__startswith=beginning.lower())
    often = found.order_by().values("text").annotate(times=Sum("searches"), vain=Sum("without_results"))
    # Of an aggregate, so that only texts which are common enough are looked into.
    own = Func(Max("text"), function="search_has_words_of_the_shop", output_field=BooleanField())
    shown = often.filter(times__gte=OFTEN, vain=0).annotate(is_own=own).filter(is_own=True)
    return list(shown.order_by("-times", "text").values_list("text", flat=True)[:limit])
