"""How many people came to the shop before the demo began: there is nobody to count any more."""

from decimal import Decimal
from random import Random

from tenant_shop.analytics.models import AnalyticsDaily

# Of a hundred visitors two to four order.
FOR_AN_ORDER = (26, 44)
WHO_ONLY_LOOK = (20, 60)
PAGES_EACH = (3, 5)
HUNDRED = Decimal(100)


def write_visits(random: Random) -> None:
    """Give every day that has figures its visitors; what is counted from now on is kept where it is more."""
    days = list(AnalyticsDaily.objects.order_by("date"))
    for day in days:
        day.website_visitors = day.total_orders * random.randint(*FOR_AN_ORDER) + random.randint(*WHO_ONLY_LOOK)
        day.page_views = day.website_visitors * random.randint(*PAGES_EACH)
        day.conversion_rate = round(HUNDRED * day.total_orders / day.website_visitors, 2)
    AnalyticsDaily.objects.bulk_update(days, ["website_visitors", "page_views", "conversion_rate"])
