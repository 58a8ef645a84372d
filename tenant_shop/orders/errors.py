"""Why an order cannot be placed or changed. Everything that `place_order` refuses with can be imported from here."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartseller.errors import RuleViolation
from smartseller.formats import amount
from tenant_shop.carts.errors import CartGone
from tenant_shop.inventory.errors import OutOfStock, Shortage
from tenant_shop.loyalty.errors import PointsRefused
from tenant_shop.pricing.errors import BelowMinimumOrder, QuantityNotAllowed
from tenant_shop.promotions.errors import CouponRefused
from tenant_shop.quotes.errors import QuoteChanged, QuoteNotOpen

if TYPE_CHECKING:
    from tenant_shop.orders.models import Order

__all__ = [
    "BelowMinimumOrder",
    "CartEmpty",
    "CartGone",
    "CouponRefused",
    "IdempotencyConflict",
    "InvalidAddress",
    "InvalidContact",
    "NotSentLikeThis",
    "OrderNotCancellable",
    "OrderNotDeliverable",
    "OrderNotFound",
    "OrderNotFulfillable",
    "OrderedAlready",
    "OutOfStock",
    "ParcelChangedMeanwhile",
    "PaymentMethodUnavailable",
    "PointsRefused",
    "QuantityNotAllowed",
    "QuoteChanged",
    "QuoteNotOpen",
    "ShippingUnavailable",
    "Shortage",
    "TotalChanged",
]

CHECK_ADDRESS = gettext_lazy("Please check the address.")
KINDS = {
    "shipping": gettext_lazy("Please check the delivery address."),
    "billing": gettext_lazy("Please check the billing address."),
}


class CartEmpty(RuleViolation):
    """There is nothing in the cart."""

    code = "cart_empty"

    def __init__(self, cart_id: UUID) -> None:
        self.cart_id = cart_id
        super().__init__(_("Your cart is empty."))


class TermsNotAgreed(RuleViolation):
    """The shop asks for a tick beside its terms, and there was none."""

    code = "terms_not_agreed"
    status: ClassVar[int] = 422

    def __init__(self) -> None:
        super().__init__(_("Please agree to the terms of this shop."))


class TotalChanged(RuleViolation):
    """The order would cost something else than the shopper saw. Amounts in `currency`."""

    code = "total_changed"

    def __init__(self, expected: Decimal, actual: Decimal, currency: str) -> None:
        self.expected, self.actual, self.currency = expected, actual, currency
        super().__init__(
            _("The total has changed from %(before)s to %(now)s. Please check and order again.")
            % {"before": amount(expected, currency), "now": amount(actual, currency)}
        )


class CurrencyChanged(RuleViolation):
    """The shop sells in another currency than the shopper saw (ISO 4217 codes)."""

    code = "currency_changed"

    def __init__(self, expected: str, actual: str) -> None:
        self.expected, self.actual = expected, actual
        super().__init__(_("Prices are in another currency now: %(currency)s.") % {"currency": actual})


class ShippingUnavailable(RuleViolation):
    """The chosen delivery is not offered for this cart and country."""

    code = "shipping_unavailable"

    def __init__(self, shipping_code: str | None, country: str) -> None:
        self.shipping_code, self.country = shipping_code, country
        super().__init__(_("This delivery is not offered for your address. Please choose another one."))


class PaymentMethodUnavailable(RuleViolation):
    """The chosen way to pay is not offered."""

    code = "payment_method_unavailable"

    def __init__(self, payment_method: str) -> None:
        self.payment_method = payment_method
        super().__init__(_("This way to pay is not offered. Please choose another one."))


class InvalidAddress(RuleViolation):
    """An address cannot be delivered to or billed. `problems` has a sentence for each bad field; `kind` says which."""

    code = "invalid_address"
    status: ClassVar[int] = 422

    def __init__(self, kind: str, problems: Mapping[str, str]) -> None:
        self.kind, self.problems = kind, dict(problems)
        super().__init__(f"{KINDS.get(kind, CHECK_ADDRESS)} {' '.join(self.problems.values())}")


class InvalidContact(RuleViolation):
    """The e-mail address, the telephone number or the note cannot be used. `problems` is by field."""

    code = "invalid_contact"
    status: ClassVar[int] = 422

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(" ".join(self.problems.values()))


class IdempotencyConflict(RuleViolation):
    """The idempotency key was used for the order of another cart."""

    code = "idempotency_conflict"

    def __init__(self, idempotency_key: str) -> None:
        self.idempotency_key = idempotency_key
        super().__init__(_("This submission belongs to another order. Please reload the page and try again."))


class OrderedAlready(RuleViolation):
    """The submission ordered already, and with other answers: `order` stands as it was placed."""

    code = "ordered_already"

    def __init__(self, order: "Order") -> None:
        self.order = order
        super().__init__(_("This was ordered already, as below; what you changed since was not used."))


class OrderNotFound(RuleViolation):
    """The shop has no such order."""

    code = "order_not_found"
    status: ClassVar[int] = 404

    def __init__(self, reference: object) -> None:
        self.reference = reference
        super().__init__(_("There is no such order."))


class OrderNotCancellable(RuleViolation):
    """The order is cancelled already, or some of it has left the house."""

    code = "order_not_cancellable"

    def __init__(self, number: str, status: str) -> None:
        self.number, self.order_status = number, status
        super().__init__(f"Order {number} is {status} and cannot be cancelled.")


class OrderNotConfirmable(RuleViolation):
    """The order does not wait for money that comes by hand."""

    code = "order_not_confirmable"

    def __init__(self, number: str, status: str) -> None:
        self.number, self.order_status = number, status
        super().__init__(f"Order {number} is {status}; only one that waits for a transfer is accepted unpaid.")


class OrderNotFulfillable(RuleViolation):
    """The order waits for its money, was cancelled, or all of it has been sent."""

    code = "order_not_fulfillable"

    def __init__(self, number: str, status: str) -> None:
        self.number, self.order_status = number, status
        super().__init__(f"Order {number} is {status}; nothing of it can be sent now.")


class NotSentLikeThis(RuleViolation):
    """What is to be sent cannot be: pieces that are not left, or a link that is none."""

    code = "not_sent_like_this"
    status: ClassVar[int] = 422


class ParcelChangedMeanwhile(RuleViolation):
    """Somebody else corrected the parcel since it was looked at."""

    code = "parcel_changed_meanwhile"

    def __init__(self) -> None:
        super().__init__(
            "Somebody else corrected this parcel while you were at it. Nothing of yours is saved yet: "
            "look at what it is now, and save again."
        )


class OrderNotDeliverable(RuleViolation):
    """The order is not on its way."""

    code = "order_not_deliverable"

    def __init__(self, number: str, status: str) -> None:
        self.number, self.order_status = number, status
        super().__init__(f"Order {number} is {status}; only what was sent can arrive.")


class OrderNotMovable(RuleViolation):
    """No order with this status gets that one."""

    code = "order_not_movable"

    def __init__(self, number: str, status: str, to: str) -> None:
        self.number, self.order_status, self.to = number, status, to
        super().__init__(f"Order {number} is {status}, and cannot become {to}.")


class TermsChanged(RuleViolation):
    """The pages that hold for an order are others than the shopper was shown."""

    code = "terms_changed"

    def __init__(self) -> None:
        super().__init__(_("The terms of this shop have changed meanwhile. Please look at them again."))


class TooManyUnpaid(RuleViolation):
    """Many guest orders with one e-mail address wait to be paid. Neither who placed them is said nor whose it is."""

    code = "too_many_unpaid"
    status: ClassVar[int] = 429
    retry_after = 3600

    def __init__(self) -> None:
        super().__init__(
            _(
                "Many orders with this e-mail address are waiting to be paid. Please pay or cancel one of them, or try "
                "again in an hour."
            )
        )
