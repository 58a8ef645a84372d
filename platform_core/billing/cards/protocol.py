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
    SUCCEEDED = "succeeded"
    DECLINED = "declined"


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
    """What a signed message is about: a charge of ours, or the giving of a card (its reference), or neither."""

    charge_id: str = ""
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

    def read_message(self, headers: Mapping[str, str], body: bytes) -> Told:
        """Errors: CardCallbackForged."""
        ...
