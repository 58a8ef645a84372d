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
