"""What shoppers searched for in the last month, and what the merchant taught the search."""

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tenant_shop.catalog.search.models import SearchCount, SearchSynonym
from tenant_shop.demo.shops import DemoShop

DAYS = 30


def write_searches(shop: DemoShop, *, now: datetime, random: Random) -> None:
    """Synonyms, and the month's searches spread over its days; those that found nothing among them."""
    SearchSynonym.objects.bulk_create(
        [SearchSynonym(term=synonym["term"], meanings=synonym["meanings"]) for synonym in shop.searches["synonyms"]]
    )
    today = now.astimezone(ZoneInfo(shop.timezone)).date()
    counts = []
    for finds, texts in ((True, shop.searches["found"]), (False, shop.searches["in_vain"])):
        for text, times in texts.items():
            days = [random.randrange(DAYS) for _ in range(times)]
            counts += [
                SearchCount(
                    day=today - timedelta(days=day),
                    text=text,
                    searches=days.count(day),
                    without_results=0 if finds else days.count(day),
                )
                for day in sorted(set(days))
            ]
    SearchCount.objects.bulk_create(counts)
