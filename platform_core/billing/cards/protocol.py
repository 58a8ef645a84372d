"""What the gateway that charges merchants' cards is asked, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Outcome(StrEnum):
    READY = "ready"  # announced, and nothing taken yet
    WAITING = "waiting"  # the bank will tell
    CONFIRM = "confirm"  # the payer has to tell the bank, on a page of ours
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"  # nothing was taken, and nothing can be any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a card is to pay. `charge_id` is the key under which the gateway does once what is asked twice."""

    charge_id: UUID
    invoice: str
    amount: Decimal
    currency: str
    customer: str
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Where a charge stands; `reason` is why it was declined, in the gateway's words for programs."""

    outcome: Outcome
    reference: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivingBack:
    """What a card is to get back of a charge. `refund_id` is the key under which the gateway does once what is asked
    twice; `is_again` when it may have been asked before."""

    refund_id: UUID
    charge: str
    note: str
    amount: Decimal
    currency: str
    is_again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """Giving a card, on the gateway's own fields: `secret` is for the merchant's browser."""

    reference: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenCard:
    """A card that may be charged while the merchant is away. `expires` is such as 2030-04."""

    customer: str
    method: str
    brand: str
    last_digits: str
    expires: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a signed message is about: a charge of ours, or a refund, or the giving of a card (its reference), or none
    of them."""

    charge_id: str = ""
    refund_id: str = ""
    set_up: str = ""


class CardGateway(Protocol):
    """Every question raises CardsUnavailable when it was not answered. None is asked while a row is locked."""

    def make_customer(self, tenant_id: UUID, *, name: str, email: str) -> str: ...
    def begin_set_up(self, customer: str) -> SetUp: ...

    def read_set_up(self, reference: str) -> GivenCard:
        """Errors: CardRefused unless it has succeeded."""
        ...

    def announce(self, wanted: Wanted) -> str:
        """Tell of a charge, by which nothing is taken; the gateway's id of it."""
        ...

    def take(self, wanted: Wanted, reference: str) -> Report:
        """Have what was announced taken, once: what was taken or declined before is only reported."""
        ...

    def confirmation(self, reference: str) -> str:
        """What the payer's browser needs to confirm a charge to the bank: a secret of this charge alone."""
        ...

    def withdraw(self, reference: str) -> Report:
        """See to it that nobody confirms a charge any more; what became of it."""
        ...

    def give_back(self, wanted: GivingBack) -> Report:
        """Have money sent back to the card, once. Never READY or CONFIRM; CardRefused for a no."""
        ...

    def read_message(self, headers: Mapping[str, str], body: bytes) -> Told:
        """Errors: CardCallbackForged."""
        ...
