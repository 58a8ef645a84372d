"""The one way to search: views and lists come here, and do not know which engine answers."""

from tenant_shop.catalog.search.matches import Matches, SearchEngine
from tenant_shop.catalog.search.postgresql import PostgresEngine

MAX_LENGTH = 100


def search(text: str) -> Matches:
    """The listed products that `text` means, the best first; none for a text without words. One statement."""
    text = tidy_query(text)
    return _engine().find(text) if text else Matches()


def tidy_query(text: str) -> str:
    """What a shopper typed, on one line, without NUL, at most 100 characters."""
    return " ".join(text.replace("\x00", " ").split())[:MAX_LENGTH]


def _engine() -> SearchEngine:
    return PostgresEngine()
