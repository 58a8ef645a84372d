"""Why a payment cannot be made, recorded, captured or given back."""

from decimal import Decimal
from typing import ClassVar

from django.utils.translation import gettext as _

from smartseller.errors import NotReady, RuleViolation
from smartseller.formats import amount as written


class PaymentNotFound(RuleViolation):
    """The shop has no such payment."""

    code = "payment_not_found"
    status: ClassVar[int] = 404

    def __init__(self, reference: object) -> None:
        self.reference = reference
        super().__init__(_("There is no such payment."))


class PaymentNotKnownYet(NotReady):
    """A message is about a payment that is not here, and so fresh that the payment may still be written."""

    code = "payment_not_known_yet"

    def __init__(self, reference: object) -> None:
        self.reference = reference
        super().__init__("The payment is not known yet.")


class OrderNotPayable(RuleViolation):
    """The order is paid, cancelled or refunded, or its time to pay is over, so nobody should pay it."""

    code = "order_not_payable"

    def __init__(self, number: str, status: str) -> None:
        self.number, self.order_status = number, status
        super().__init__(f"Order {number} is {status}; a payment for it cannot be entered.")


class NothingOpen(RuleViolation):
    """All that is to be paid of an order has come already."""

    code = "nothing_open"

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"Nothing of order {number} is open to be paid.")


class MoneyPromised(RuleViolation):
    """A card promises `amount` (in `currency`) of an order, so money from elsewhere would pay it twice."""

    code = "money_promised"

    def __init__(self, number: str, amount: Decimal, currency: str) -> None:
        self.number, self.amount, self.currency = number, amount, currency
        super().__init__(
            f"A card has promised {written(amount, currency)} for order {number}: take that, or let it go first."
        )


class NotLate(RuleViolation):
    """Money comes late only for an order that was cancelled."""

    code = "not_late"

    def __init__(self, number: str, status: str) -> None:
        self.number, self.order_status = number, status
        super().__init__(f"Order {number} is {status}; money for it is not late.")


class AttemptOutdated(RuleViolation):
    """The page that was sent is not the newest: the payment has gone on since."""

    code = "attempt_outdated"

    def __init__(self) -> None:
        super().__init__(_("Your payment has gone on in the meantime. Please look at where it stands now."))


class PaymentUnderWay(RuleViolation):
    """An earlier attempt may still be paid, so another one would risk paying twice."""

    code = "payment_under_way"

    def __init__(self) -> None:
        super().__init__(_("Your payment is still under way. Please wait a moment before you try again."))


class TooManyAttempts(RuleViolation):
    """An order was tried to be paid very often."""

    code = "too_many_attempts"
    status: ClassVar[int] = 429

    def __init__(self) -> None:
        super().__init__(_("This order was tried to be paid too often. Please write to the shop."))


class GatewayUnavailable(NotReady):
    """The gateway did not answer, or not in time. What was asked of it may have happened."""

    code = "gateway_unavailable"

    def __init__(self, gateway: str, cause: str) -> None:
        self.gateway, self.cause = gateway, cause
        super().__init__(_("The payment service cannot be reached right now."))


class GatewayRefused(RuleViolation):
    """The gateway said no to what was asked, for good; nothing happened."""

    code = "gateway_refused"

    def __init__(self, gateway: str, cause: str) -> None:
        self.gateway, self.cause = gateway, cause
        super().__init__(f"The payment service refused: {cause}")


class GatewayNotOffered(RuleViolation):
    """The shop does not use this gateway, or not now."""

    code = "gateway_not_offered"
    status: ClassVar[int] = 404

    def __init__(self, gateway: str) -> None:
        self.gateway = gateway
        super().__init__(_("This way to pay is not offered. Please choose another one."))


class CallbackForged(RuleViolation):
    """A message is not signed by the gateway, or cannot be read."""

    code = "callback_forged"
    status: ClassVar[int] = 400

    def __init__(self, gateway: str) -> None:
        self.gateway = gateway
        super().__init__("The signature is not valid.")


class CallbackUnusable(RuleViolation):
    """A message is signed, and says something that cannot be: another currency than the payment's."""

    code = "callback_unusable"
    status: ClassVar[int] = 422

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(f"The message cannot be entered: {cause}.")


class NothingToCapture(RuleViolation):
    """Less was authorised, or it was taken already. Amounts in `currency`."""

    code = "nothing_to_capture"

    def __init__(self, wanted: Decimal, possible: Decimal, currency: str) -> None:
        self.wanted, self.possible, self.currency = wanted, possible, currency
        super().__init__(f"{written(wanted, currency)} cannot be captured, only {written(possible, currency)}.")


class RefundTooLarge(RuleViolation):
    """More than what was captured and is not given back yet. Amounts in `currency`."""

    code = "refund_too_large"

    def __init__(self, wanted: Decimal, possible: Decimal, currency: str) -> None:
        self.wanted, self.possible, self.currency = wanted, possible, currency
        super().__init__(f"{written(wanted, currency)} cannot be given back, only {written(possible, currency)}.")


class OwedFirst(RuleViolation):
    """What was paid beyond the order's price is given back before goods are: the same money would count for both."""

    code = "owed_first"

    def __init__(self, owed: Decimal, currency: str) -> None:
        self.owed, self.currency = owed, currency
        super().__init__(
            f"{written(owed, currency)} more than the order costs was paid, and is owed. "
            "Give that back first, as an amount; then the goods."
        )


class RefundInvalid(RuleViolation):
    """What is to be given back is nothing, or more pieces than were bought and not given back yet."""

    code = "refund_invalid"
    status: ClassVar[int] = 422

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
