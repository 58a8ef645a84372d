"""What moving refuses, one class per cause."""

from datetime import timedelta

from platform_core.fleet.moves.forecast import Forecast, in_words
from smartseller.errors import NotReady, RuleViolation


class MoveRefused(RuleViolation):
    """A shop cannot be moved, or a move not be undone, as things stand; nothing was changed."""

    code = "move_refused"

    def __init__(self, slug: str, reason: str) -> None:
        self.slug, self.reason = slug, reason
        super().__init__(f"{slug} is not moved: {reason}.")


class MoveCloses(RuleViolation):
    """A shop can be moved only by closing it meanwhile, and nobody agreed to that; nothing was changed."""

    code = "move_closes"

    def __init__(self, slug: str, reason: str, forecast: Forecast) -> None:
        self.slug, self.reason, self.forecast = slug, reason, forecast
        super().__init__(
            f"{slug} cannot be moved while it sells: {reason}. It would be closed while it is dumped and restored,"
            f" {forecast}."
        )


class MoveOutlastsWorkers(RuleViolation):
    """A move would take longer than a worker may work on one thing, and be given up then; nothing was changed."""

    code = "move_outlasts_workers"

    def __init__(self, slug: str, *, to: str, forecast: Forecast, limit: timedelta) -> None:
        self.slug, self.to, self.forecast, self.limit = slug, to, forecast, limit
        super().__init__(
            f"{slug} is not moved by a worker, which gives up after {in_words(limit)}: it would go on"
            f" {forecast}. {on_a_terminal(slug, to)}."
        )


def on_a_terminal(slug: str, to: str) -> str:
    """What to do about a move that a worker cannot finish."""
    return f"On a terminal nothing ends it: manage.py move_tenant {slug} --to {to}"


class MoveFailed(NotReady):
    """A move could not be finished; the shop goes on where it was."""

    code = "move_failed"

    def __init__(self, slug: str, reason: str) -> None:
        self.slug, self.reason = slug, reason
        super().__init__(f"{slug} could not be moved: {reason}.")
