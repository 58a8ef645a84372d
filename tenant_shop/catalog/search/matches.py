"""What every search engine promises."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

# Lists rank and filter this many at most, so that a word that is everywhere is not slow.
MAX_CANDIDATES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """`ids` of listed products, the best first, at most 500; `did_you_mean` is a spelling that finds more.

    Unless `is_exact`, nothing has the words as they were typed: the products are those of `did_you_mean`, or only look
    like it when there is no better spelling.
    """

    ids: tuple[UUID, ...] = ()
    did_you_mean: str | None = None
    is_exact: bool = True

    @property
    def is_capped(self) -> bool:
        """There may be more: older products, which nobody ranked."""
        return len(self.ids) >= MAX_CANDIDATES


class SearchEngine(Protocol):
    """Answers for the active shop."""

    def find(self, text: str) -> Matches:
        """The listed products (active; visible or catalogue-only) that `text` means; it has passed `tidy_query`."""
        ...
