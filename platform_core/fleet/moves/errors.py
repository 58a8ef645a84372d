"""What moving refuses, one class per cause."""

from smartseller.errors import NotReady, RuleViolation


class MoveRefused(RuleViolation):
    """A shop cannot be moved, or a move not be undone, as things stand; nothing was changed."""

    code = "move_refused"

    def __init__(self, slug: str, reason: str) -> None:
        self.slug, self.reason = slug, reason
        super().__init__(f"{slug} is not moved: {reason}.")


class MoveFailed(NotReady):
    """A move could not be finished; the shop goes on where it was."""

    code = "move_failed"

    def __init__(self, slug: str, reason: str) -> None:
        self.slug, self.reason = slug, reason
        super().__init__(f"{slug} could not be moved: {reason}.")
