"""Why a payment cannot be recorded."""

from typing import ClassVar

from django.utils.translation import gettext as _

from smartseller.errors import RuleViolation


class PaymentNotFound(RuleViolation):
    """The shop has no such payment."""

    code = "payment_not_found"
    status: ClassVar[int] = 404

    def __init__(self, reference: object) -> None:
        self.reference = reference
        super().__init__(_("There is no such payment."))


class OrderNotPayable(RuleViolation):
    """The order was cancelled or refunded, so nobody should pay it."""

    code = "order_not_payable"

    def __init__(self, number: str, status: str) -> None:
        self.number, self.order_status = number, status
        super().__init__(f"Order {number} is {status}; a payment for it cannot be entered.")
