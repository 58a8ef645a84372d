"""What a gateway can be asked, and what it answers. The rest of the shop knows gateways by these words only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Outcome(StrEnum):
    """Where an attempt to pay stands at the gateway."""

    UNKNOWN = "unknown"  # the gateway has never heard of it
    SHOPPER = "shopper"  # the shopper has to do something first
    WAITING = "waiting"  # the gateway will tell
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    DECLINED = "declined"
    DROPPED = "dropped"  # given up; it cannot be paid any more


class Reason(StrEnum):
    """Why a payment was declined, as far as a shopper is told."""

    DECLINED = "declined"
    NO_FUNDS = "no_funds"
    EXPIRED = "expired"
    NOT_CONFIRMED = "not_confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A payment as a gateway is told of it. `amount` is in `currency` (ISO 4217), in major units.

    `payment_id` is the idempotency key of everything that happens once in an attempt. `reference` is the gateway's own
    id, "" before it gave one. `return_url` is absolute: where a shopper comes back to.
    """

    payment_id: UUID
    order_number: str
    amount: Decimal
    currency: str
    reference: str = ""
    return_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a gateway says of an attempt.

    `amount` is what was promised or taken, None for all of it. `event_id` names what happened: the same whether the
    shopper's return, a message or a question of ours brings it. `next_url` is where the shopper has to go; "" while
    there is something to do on our own page, for which `page` holds what the page needs.
    """

    outcome: Outcome
    reference: str = ""
    amount: Decimal | None = None
    event_id: str | None = None
    reason: Reason | None = None
    next_url: str = ""
    page: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundReport:
    """What a gateway says of a refund: `is_done` once the money is on its way for good."""

    reference: str
    is_done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundNews:
    """What a message says of a refund. `ours` is the key under which we asked for it, "" for one that was made at the
    gateway; `intent` is the payment's reference; `amount` is in the message's currency."""

    reference: str
    ours: str
    intent: str
    amount: Decimal
    is_done: bool
    is_failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A gateway's message, its signature checked: about a payment, or a refund of one, named by our own ids.

    Without them ("") it is about something that was made at the gateway, and named by its reference.
    """

    shop_id: str
    payment_id: str
    happened_at: datetime
    currency: str
    report: Report | None = None
    refund: RefundNews | None = None


class Gateway(Protocol):
    """Nobody holds a lock, or has a transaction open, while asking one.

    Every question may be asked again: what was asked before under the same key happens once.
    Errors, of each: GatewayUnavailable when it did not answer, or not in time (what was asked may have happened);
    GatewayRefused when it said no.
    """

    code: str

    def start(self, attempt: Attempt) -> Report:
        """Announce an attempt."""
        ...

    def enter(self, attempt: Attempt, given: Mapping[str, str]) -> Report:
        """Pay with what the shopper entered on our own page. It is passed on and kept nowhere."""
        ...

    def read(self, attempt: Attempt) -> Report:
        """How the attempt stands now."""
        ...

    def drop(self, attempt: Attempt) -> Report:
        """Give the attempt up, or say that it was paid already; also while the shop takes no money through it."""
        ...

    def capture(self, attempt: Attempt, amount: Decimal) -> Report:
        """Take `amount` of what was authorised; the rest is let go."""
        ...

    def refund(
        self, attempt: Attempt, amount: Decimal, *, key: str, reference: str = "", again: bool = False
    ) -> RefundReport:
        """Give `amount` of what was captured back; `reference` is the gateway's id of it, once that is known.

        `again` says that it may have been asked before, however long ago: under the same key it happens once for ever.
        """
        ...

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Callback | None:
        """The message in `body`, whose signature is checked over its raw bytes; None for one that says nothing of use.

        Errors: CallbackForged.
        """
        ...
