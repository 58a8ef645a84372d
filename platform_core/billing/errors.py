"""What cannot be changed about a subscription, or billed."""

from decimal import Decimal
from typing import ClassVar

from smartseller.errors import RuleViolation
from smartseller.money import display


class NoSubscription(RuleViolation):
    """The shop has no running subscription."""

    code = "no_subscription"

    def __init__(self, slug: str) -> None:
        super().__init__(f"{slug} has no running subscription.")


class PlanNotOffered(RuleViolation):
    """There is no such plan, it is not offered any more, or not for this cycle."""

    code = "plan_not_offered"
    status: ClassVar[int] = 422

    def __init__(self, plan: str, cycle: str) -> None:
        super().__init__(f"The plan “{plan}” is not offered {cycle}.")


class NothingToChange(RuleViolation):
    """It is what it would become."""

    code = "nothing_to_change"

    def __init__(self) -> None:
        super().__init__("The subscription is like this already.")


class PreviewOutdated(RuleViolation):
    """What was seen before confirming is not what confirming would do now; nothing was changed."""

    code = "preview_outdated"

    def __init__(self, seen: Decimal, now: Decimal, currency: str) -> None:
        self.seen, self.now = seen, now
        super().__init__(f"You saw {seen} {currency}; it would be {now} {currency} now. Please look again.")


class InvoiceNotPayable(RuleViolation):
    """The invoice is paid already, or was cancelled."""

    code = "invoice_not_payable"

    def __init__(self, number: str, status: str) -> None:
        super().__init__(f"The invoice {number} is {status}.")


class InvoiceNotCreditable(RuleViolation):
    """Credit notes have taken back all of it, or less is left than asked for; or it is a credit note itself."""

    code = "invoice_not_creditable"

    def __init__(self, number: str, left: Decimal, currency: str) -> None:
        self.left = left
        super().__init__(f"Of {number} {display(left, currency)} are left that a credit note may take back.")


class CreditedMeanwhile(RuleViolation):
    """Less is left of the invoice than whoever takes it back has seen: it may be the same wish, sent twice."""

    code = "credited_meanwhile"

    def __init__(self, number: str, left: Decimal, currency: str) -> None:
        super().__init__(
            f"Some of {number} was taken back a moment ago: {display(left, currency)} are left. Look at it again first."
        )


class NothingToGiveBack(RuleViolation):
    """The credit note's money was given back, or was never paid."""

    code = "nothing_to_give_back"

    def __init__(self, number: str) -> None:
        super().__init__(f"There is nothing to give back for {number}.")


class TaxIdNotValid(RuleViolation):
    """A tax id whose form or check digits are wrong."""

    code = "tax_id_not_valid"
    status: ClassVar[int] = 422

    def __init__(self, tax_id: str) -> None:
        super().__init__(f"“{tax_id}” is no valid tax id.")


class RenewalDue(RuleViolation):
    """The running period is over and the next one not billed yet."""

    code = "renewal_due"

    def __init__(self) -> None:
        super().__init__("The subscription is being renewed. Please try again in a few minutes.")


class SubscriptionClosed(RuleViolation):
    """A subscription that is suspended cannot be changed before what is owed is paid."""

    code = "subscription_closed"

    def __init__(self, status: str) -> None:
        super().__init__(f"The subscription is {status}. Please pay what is owed first.")


class ShopClosed(RuleViolation):
    """An operator has closed the shop: nothing is bought for it before it opens again."""

    code = "shop_closed"

    def __init__(self) -> None:
        super().__init__("We have closed the shop. Its plan can be changed when it is open again; write to us.")
