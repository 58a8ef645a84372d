"""Reading every product anew, when the shop's language is another one."""

from collections.abc import Callable
from uuid import UUID

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.transactions import shop_transaction

BATCH = 200
FIRST = UUID(int=0)

FOLLOW = """
INSERT INTO search_index AS reading (configuration)
VALUES (search_configuration_for((SELECT value #>> '{}' FROM settings WHERE key = 'language')))
ON CONFLICT ("only") DO UPDATE SET configuration = EXCLUDED.configuration
WHERE reading.configuration <> EXCLUDED.configuration
"""
# Also when a rebuild was interrupted.
IS_BEHIND = """
SELECT EXISTS (
    SELECT FROM search_index
    WHERE configuration <> search_configuration_for((SELECT value #>> '{}' FROM settings WHERE key = 'language'))
       OR configuration <> ANY (SELECT DISTINCT configuration FROM product_search)
)
"""
NEXT = "SELECT array_agg(id) FROM (SELECT id FROM products WHERE id > %s ORDER BY id LIMIT %s) AS batch"
REFRESH = "SELECT refresh_product_search(%s)"

Progress = Callable[[int], None]


def untold(done: int) -> None:
    """Nobody wants to know."""


def rebuild_search(on_progress: Progress = untold) -> int:
    """Read all products of the active shop anew, in the language of its settings, and return how many there were.

    Batches are committed one by one, so that nobody who edits a product waits: until the last one, some words are still
    found as the old language has them. Safe to repeat and to interrupt. `on_progress` is told how many are done.
    """
    done, last = 0, FIRST
    with shop_connection().cursor() as cursor:
        cursor.execute(FOLLOW)
        while True:
            with shop_transaction():
                cursor.execute(NEXT, [last, BATCH])
                (batch,) = cursor.fetchone()
                if batch is None:
                    return done
                cursor.execute(REFRESH, [batch])
            done, last = done + len(batch), batch[-1]
            on_progress(done)


def follow_language() -> bool:
    """Rebuild unless all products are read in the shop's language already; whether it was necessary."""
    with shop_connection().cursor() as cursor:
        cursor.execute(IS_BEHIND)
        (is_behind,) = cursor.fetchone()
    if is_behind:
        rebuild_search()
    return bool(is_behind)
