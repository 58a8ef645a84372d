"""Noting that somebody looked at a page, in a way that no page waits for: figures to go by."""

from zoneinfo import ZoneInfo

from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.noting import Noting
from tenant_shop.analytics.counters import Visitor, count

# Views that are kept at most; more than any process shows within a pause.
MOST_WAITING = 50_000


def note_view(address: str, browser: str) -> None:
    """Somebody at `address` looked at a page of the active shop with `browser`. Costs a microsecond, and no answer."""
    VIEWS.note((address, browser))


def send_views() -> None:
    """Send what was noted until now. While Redis is down it is lost, and said once."""
    VIEWS.send()


def _send(shop: TenantInfo, visitors: list[Visitor]) -> None:
    # Two seconds around midnight may fall on the wrong day.
    day = timezone.now().astimezone(ZoneInfo(shop.timezone)).date()
    count(shop, day, views=len(visitors), visitors=set(visitors))


VIEWS: Noting[Visitor] = Noting("page-views", _send, most=MOST_WAITING, lost="page views are not counted")
