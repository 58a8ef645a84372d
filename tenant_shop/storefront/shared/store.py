"""Where shared pages are kept: one trip to Redis finds the page and the version that it must have."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
from django.utils import timezone

from platform_core.tenancy import quick_redis
from platform_core.tenancy.quick_redis import RedisUnavailable
from tenant_shop.catalog.known_version import version_key
from tenant_shop.catalog.listing.conditions import next_hour
from tenant_shop.storefront.shared.address import Address
from tenant_shop.storefront.shared.page import Page

# How long a page is kept at most: its place is for others, too.
LIFE = timedelta(minutes=10)

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Search:
    """What a look into Redis found: the catalogue's version, None when it must be learned, and the page kept there.

    A page that is made in its place is made of what is read after `at`.
    """

    address: Address
    version: int | None
    kept: Page | None
    at: datetime

    @property
    def page(self) -> Page | None:
        """The page, when it is of the version that holds now."""
        return self.kept if self.kept is not None and self.kept.version == self.version else None


def look(address: Address) -> Search | None:
    """None while Redis does not answer. One round trip."""
    at = timezone.now()
    try:
        version, stored = quick_redis.ask("MGET", version_key(), address.key)
    except (RedisUnavailable, redis.ResponseError) as error:
        logger.debug("shared pages are out of reach: %s", error)
        return None
    kept = Page.decode(stored) if stored else None
    if kept is not None and kept.digest != address.digest:
        kept = None  # another page has this place
    return Search(address, int(version) if version else None, kept, at)


def keep(search: Search, page: Page) -> None:
    """Keep the page that was made in answer to `search`, until other products count as new: that begins and ends
    without anybody's doing."""
    left = (min(search.at + LIFE, next_hour(search.at)) - timezone.now()) // timedelta(milliseconds=1)
    if left <= 0:
        return
    try:
        quick_redis.ask("SET", search.address.key, page.encode(), "PX", left)
    except (RedisUnavailable, redis.ResponseError) as error:
        logger.debug("a shared page was not kept: %s", error)
