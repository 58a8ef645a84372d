"""Why a review is refused."""

from typing import ClassVar

from django.utils.translation import gettext as _

from smartseller.errors import RuleViolation


class NotBought(RuleViolation):
    """The customer has not received the product."""

    code = "not_bought"
    status: ClassVar[int] = 403

    def __init__(self) -> None:
        super().__init__(_("You can review what you have bought here once it has been sent."))
