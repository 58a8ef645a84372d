"""Shared pages that this process has at hand: Redis then says only which version holds, a few bytes in place of a page.

What is here is never shown unasked: the version in Redis decides about each view.
"""

import threading

from django.conf import settings

from tenant_shop.storefront.shared.page import Page

# Bytes that a page takes beyond its text, about.
OVERHEAD = 2_000

_pages: dict[str, Page] = {}
_taken = 0
_lock = threading.Lock()


def recall(digest: str, now: int) -> Page | None:
    """The page named `digest`, unless its time is over; `now` is in milliseconds since 1970."""
    page = _pages.get(digest)
    return page if page is not None and now < page.until else None


def remember(page: Page) -> None:
    """Have `page` at hand, in the place of an older one; what was learned first is forgotten for it.

    At most `settings.SHARED_PAGES_MEMORY` bytes are held; pages live for minutes, so that their use is not counted.
    """
    global _taken
    if _size(page) > settings.SHARED_PAGES_MEMORY:
        return
    with _lock:
        older = _pages.pop(page.digest, None)
        _taken += _size(page) - (_size(older) if older is not None else 0)
        _pages[page.digest] = page
        while _taken > settings.SHARED_PAGES_MEMORY:
            _taken -= _size(_pages.pop(next(iter(_pages))))


def forget_all() -> None:
    """Have nothing at hand, as a new process."""
    global _taken
    with _lock:
        _pages.clear()
        _taken = 0


def _size(page: Page) -> int:
    return len(page.body) + OVERHEAD
