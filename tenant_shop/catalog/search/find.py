"""The one way to search: views and lists come here, and do not know which engine answers."""

from tenant_shop.catalog.search.matches import Matches, SearchEngine
from tenant_shop.catalog.search.postgresql import PostgresEngine

MAX_LENGTH = 100


def search(text: str) -> Matches:
    """The listed products that `text` means, the best first; none for a text without words. One statement."""
    text = tidy_query(text)
    return _engine().find(text) if text else Matches()


def tidy_query(text: str) -> str:
    """What a shopper typed, on one line, of characters that a database can hold, at most 100 of them."""
    sendable = text[: 20 * MAX_LENGTH].replace("\x00", " ").encode(errors="ignore").decode()
    return " ".join(sendable.split())[:MAX_LENGTH].strip()


def _engine() -> SearchEngine:
    return PostgresEngine()
