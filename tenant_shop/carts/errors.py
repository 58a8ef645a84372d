"""Why a cart cannot be changed or ordered."""

from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext as _

from smartseller.errors import RuleViolation
from smartseller.formats import number


class CartGone(RuleViolation):
    """The cart does not exist, has expired, or was ordered already."""

    code = "cart_gone"
    status: ClassVar[int] = 410

    def __init__(self, cart_id: UUID | None) -> None:
        self.cart_id = cart_id
        super().__init__(_("This cart is no longer there. Please start a new one."))


class CartLineGone(RuleViolation):
    """The cart has no such line."""

    code = "cart_line_gone"
    status: ClassVar[int] = 404

    def __init__(self, line_id: UUID) -> None:
        self.line_id = line_id
        super().__init__(_("This item is no longer in your cart."))


class CartFull(RuleViolation):
    """The cart has as many different lines as a cart may have."""

    code = "cart_full"

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(
            _("A cart holds up to %(limit)s different items. Please order these first.") % {"limit": limit}
        )


class InvalidQuantity(RuleViolation):
    """The quantity is not a whole number within the limits."""

    code = "invalid_quantity"
    status: ClassVar[int] = 422

    def __init__(self, quantity: int, limit: int) -> None:
        self.quantity, self.limit = quantity, limit
        super().__init__(_("Please choose a quantity from 1 to %(limit)s.") % {"limit": number(limit)})


class VariantUnavailable(RuleViolation):
    """There is no such variant, or it is not on sale."""

    code = "variant_unavailable"

    def __init__(self, variant_id: UUID) -> None:
        self.variant_id = variant_id
        super().__init__(_("This item is not on sale."))


class SavedLineGone(RuleViolation):
    """Nothing like it is laid aside by this shopper, or not any more."""

    code = "saved_line_gone"
    status: ClassVar[int] = 404

    def __init__(self, saved_id: UUID) -> None:
        self.saved_id = saved_id
        super().__init__(_("This item is no longer among what you saved."))


class SavedFull(RuleViolation):
    """As much is laid aside as may be."""

    code = "saved_full"

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(_("You can save up to %(limit)s items. Please remove one first.") % {"limit": number(limit)})
