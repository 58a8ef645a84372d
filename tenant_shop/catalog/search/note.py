"""Writing down what shoppers search for."""

import logging
from datetime import date, datetime
from zoneinfo import ZoneInfo

import redis
from django.db import DatabaseError, InterfaceError
from django.utils.crypto import salted_hmac

from platform_core.tenancy import quick_redis
from platform_core.tenancy.cache import fenced_key
from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.quick_redis import RedisUnavailable
from tenant_shop.catalog.search.find import tidy_query

logger = logging.getLogger(__name__)

# One row a day and text, so that a flood of searches is a number. The shopper does not wait for the disk: a server that
# fails may forget the last counts. The setting ends with the statement's own transaction.
NOTE = """
INSERT INTO search_counts AS counted (day, text, without_results)
SELECT %(day)s, %(text)s, %(without)s
FROM (SELECT set_config('synchronous_commit', 'off', true)) AS quick
ON CONFLICT (day, text) DO UPDATE
SET searches = counted.searches + 1, without_results = counted.without_results + EXCLUDED.without_results
"""


# Seconds, longer than any day of a shop.
REMEMBERED = 26 * 3600
# Of so many searches a shop remembers who made them: whoever invents texts pushes others out, but cannot fill Redis.
PLACES = 16_384


def note_search(text: str, *, found: int, visitor: str, now: datetime) -> None:
    """Count a shopper's search for `text`, which found so many products, on the shop's day of `now` (aware).

    A text counts once for each `visitor` (their address) and day; while Redis is down, each time, and again when so
    many others searched meanwhile that it was forgotten. At most one statement. A search that cannot be counted is none
    the worse for it.
    """
    text = tidy_query(text).lower()[:100]
    if not text:
        return
    day = now.astimezone(ZoneInfo(current_tenant().timezone)).date()
    if not _is_first(text, visitor, day):
        return
    try:
        with shop_connection().cursor() as cursor:
            cursor.execute(NOTE, {"day": day, "text": text, "without": int(found == 0)})
    except (DatabaseError, InterfaceError) as error:
        logger.warning("a search was not counted: %s", error)


def _is_first(text: str, visitor: str, day: date) -> bool:
    """Addresses are not kept: only who has one, and our key, can tell whether it is among these."""
    digest = salted_hmac("searched", f"{day}\n{visitor}\n{text}", algorithm="sha256").hexdigest()
    key = fenced_key(f"searched:{int(digest[:8], 16) % PLACES}", "", 1)
    try:
        before = quick_redis.ask("SET", key, digest[:32], "EX", REMEMBERED, "GET")
    except (RedisUnavailable, redis.ResponseError) as error:
        logger.debug("who searches is not remembered: %s", error)
        return True
    return before is None or bytes(before) != digest[:32].encode()
