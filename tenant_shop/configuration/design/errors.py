"""Why the look cannot be changed so."""

from typing import ClassVar

from smartseller.errors import RuleViolation


class NoDraft(RuleViolation):
    """There is nothing to publish."""

    code = "no_design_draft"

    def __init__(self) -> None:
        super().__init__("There is no draft to publish. Somebody may have published or discarded it.")


class VersionGone(RuleViolation):
    """The earlier look is not kept any more."""

    code = "design_version_gone"
    status: ClassVar[int] = 404

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__("This version is no longer kept.")


class DraftChanged(RuleViolation):
    """Somebody else has changed the draft, or published it, since its page was opened."""

    code = "design_draft_changed"

    def __init__(self, by: str) -> None:
        self.by = by
        who = f"{by} has changed the look" if by else "Somebody has published, or discarded, a draft"
        super().__init__(
            f"{who} while you were editing. Nothing is saved yet: what you chose is kept below, but for new pictures. "
            "Open this page beside it to see theirs, and save again if yours is to stay."
        )
