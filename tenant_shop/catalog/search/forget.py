"""Searches are kept for a season, and of a day only as many as anybody will read."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import current_tenant
from tenant_shop.catalog.search.models import SearchCount

KEPT_FOR = timedelta(days=90)
TEXTS_A_DAY = 1000

# Robots can search for anything: of a day that is over, the commonest texts stay.
THIN_OUT = """
DELETE FROM search_counts USING (
    SELECT id, row_number() OVER (PARTITION BY day ORDER BY searches DESC, id) AS place
    FROM search_counts WHERE day < %s
) AS ranked
WHERE ranked.id = search_counts.id AND place > %s
"""


def forget_searches(now: datetime) -> None:
    """Delete the counts of more than 90 days ago, and of each day that is over all but the thousand commonest texts."""
    today = now.astimezone(ZoneInfo(current_tenant().timezone)).date()
    SearchCount.objects.filter(day__lt=today - KEPT_FOR).delete()
    with shop_connection().cursor() as cursor:
        cursor.execute(THIN_OUT, [today, TEXTS_A_DAY])
