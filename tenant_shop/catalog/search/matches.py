"""What every search engine promises."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

# Lists rank and filter this many at most, so that a word that is everywhere is not slow.
MAX_CANDIDATES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """`ids` of listed products, the best first, at most 1,000; `did_you_mean` is a better spelling."""

    ids: tuple[UUID, ...] = ()
    did_you_mean: str | None = None


class SearchEngine(Protocol):
    """Answers for the active shop."""

    def find(self, text: str) -> Matches:
        """The listed products (active; visible or catalogue-only) that `text` means; it has passed `tidy_query`."""
        ...
