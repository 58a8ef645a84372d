"""Why nobody is told."""

from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext as _

from smartseller.errors import RuleViolation


class NotAwaitable(RuleViolation):
    """The variant is not sold here: it is only shown, was taken off sale, or is none at all."""

    code = "not_awaitable"
    status: ClassVar[int] = 422

    def __init__(self, variant_id: UUID) -> None:
        self.variant_id = variant_id
        super().__init__(_("This product cannot be ordered online, so there is nothing to wait for."))
