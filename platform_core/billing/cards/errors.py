"""What can go wrong between the platform and the gateway that charges merchants' cards."""

from typing import ClassVar

from smartseller.errors import NotReady, RuleViolation


class CardsNotOffered(RuleViolation):
    """This installation has no keys of a gateway: merchants pay by bank transfer."""

    code = "cards_not_offered"

    def __init__(self) -> None:
        super().__init__("Cards are not taken here. Please pay by bank transfer.")


class CardRefused(RuleViolation):
    """The gateway does not take the card, or the card is not this merchant's."""

    code = "card_refused"
    status: ClassVar[int] = 422

    def __init__(self, why: str = "The card was not taken. Please try again, or give another one.") -> None:
        super().__init__(why)


class ChargeUnderWay(RuleViolation):
    """The card is being charged for the invoice at this moment; nothing else may be done with it meanwhile."""

    code = "charge_under_way"

    def __init__(self, number: str) -> None:
        super().__init__(f"A card is being charged for {number}. Please try again in a few minutes.")


class CardCallbackForged(RuleViolation):
    """A message that the gateway did not sign, or that is too old."""

    code = "callback_forged"
    status: ClassVar[int] = 400

    def __init__(self) -> None:
        super().__init__("The message is not signed by the gateway.")


class CardsUnavailable(NotReady):
    """The gateway did not answer, or is busy: ask again later."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The card gateway cannot be asked now: {why}")
