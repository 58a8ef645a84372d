"""What moving refuses, one class per cause."""

from platform_core.fleet.moves.forecast import Forecast
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


class MoveFailed(NotReady):
    """A move could not be finished; the shop goes on where it was."""

    code = "move_failed"

    def __init__(self, slug: str, reason: str) -> None:
        self.slug, self.reason = slug, reason
        super().__init__(f"{slug} could not be moved: {reason}.")
