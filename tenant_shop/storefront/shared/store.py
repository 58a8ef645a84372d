"""Where shared pages are kept: one trip to Redis finds the version that holds, and the page if it is not at hand."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
from django.utils import timezone

from platform_core.tenancy import quick_redis
from platform_core.tenancy.quick_redis import RedisUnavailable
from tenant_shop.catalog.known_version import version_key
from tenant_shop.catalog.listing.conditions import next_hour
from tenant_shop.storefront.shared import memory
from tenant_shop.storefront.shared.address import Address
from tenant_shop.storefront.shared.page import Page

# How long a page is kept at most: its place is for others, too.
LIFE = timedelta(minutes=10)

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Search:
    """What a look into Redis found: the catalogue's version, None when it must be learned, and the page kept there or
    at hand.

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
    """None while Redis does not answer. One round trip; two for the page at hand that turns out to be an old one."""
    at = timezone.now()
    try:
        at_hand = memory.recall(address.digest, _milliseconds(at))
        if at_hand is not None:
            version = _number(quick_redis.ask("GET", version_key()))
            if version is None or version == at_hand.version:
                return Search(address, version, at_hand, at)
        version, stored = quick_redis.ask("MGET", version_key(), address.key)
    except (RedisUnavailable, redis.ResponseError) as error:
        logger.debug("shared pages are out of reach: %s", error)
        return None
    kept = Page.decode(stored) if stored else None
    if kept is None or kept.digest != address.digest:
        return Search(address, _number(version), None, at)  # nothing, or another page has this place
    memory.remember(kept)
    return Search(address, _number(version), kept, at)


def lives_until(search: Search) -> int:
    """When the page that is made in answer to `search` ends, in milliseconds since 1970: other products count as new
    from then on without anybody's doing."""
    return _milliseconds(min(search.at + LIFE, next_hour(search.at)))


def keep(search: Search, page: Page) -> None:
    """Keep the page that was made in answer to `search`."""
    left = page.until - _milliseconds(timezone.now())
    if left <= 0:
        return
    try:
        quick_redis.ask("SET", search.address.key, page.encode(), "PX", left)
    except (RedisUnavailable, redis.ResponseError) as error:
        logger.debug("a shared page was not kept: %s", error)
    memory.remember(page)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _number(stored: bytes | None) -> int | None:
    return int(stored) if stored else None
