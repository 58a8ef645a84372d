"""What becomes of an order: paid, sent, delivered, or not. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from smartseller.money import quantize
from tenant_shop.orders.models import Order
from tenant_shop.payments.methods import KNOWN
from tenant_shop.payments.models import PaymentEntry

Status = Order.Status
Kind = PaymentEntry.Kind

CHECKOUT, EXPIRY = "checkout", "orders.expire_unpaid"
CANCELLED_SHARE, FORGOTTEN_SHARE, REFUNDED_SHARE, PARTLY_REFUNDED_SHARE = 0.03, 0.025, 0.025, 0.015
CHANGES_OF_MIND = ("Ordered twice by mistake.", "The customer chose another colour.", "The customer asked for it.")
RETURNS = ("Sent back: it did not fit.", "Sent back: damaged on the way.", "Sent back: not what was hoped for.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A change of status, and who made it: a user's id or the name of a job."""

    at: datetime
    status: str
    actor: str
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An entry in the ledger of payments. `amount` is in the order's currency."""

    at: datetime
    kind: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """An order's life so far: its steps and entries, oldest first; the first step is the placing."""

    steps: Sequence[Step]
    money: Sequence[Money]

    @property
    def status(self) -> str:
        return self.steps[-1].status

    @property
    def has_been_sent(self) -> bool:
        return self.when(Status.SHIPPED) is not None

    def when(self, status: str) -> datetime | None:
        """When the order reached a status; None when it never did."""
        return next((step.at for step in self.steps if step.status == status), None)


def course_of(
    *,
    placed_at: datetime,
    now: datetime,
    method: str,
    total: Decimal,
    currency: str,
    may_come_back: bool,
    is_abroad: bool,
    staff: str,
    random: Random,
) -> Course:
    """Make up what happened to an order between `placed_at` and `now`.

    Its goods return to the shelf, by cancellation or refund, only where it `may_come_back`. `staff` is the id of the
    user who handles orders.
    """
    fate = random.random() if may_come_back else 1.0
    waits = KNOWN[method].due_after is not None
    placed = Step(at=placed_at, status=Status.PENDING if waits else Status.CONFIRMED, actor=CHECKOUT)
    if fate < CANCELLED_SHARE:
        at = placed_at + timedelta(minutes=random.randint(20, 300))
        steps = [placed, Step(at=at, status=Status.CANCELLED, actor=staff, comment=random.choice(CHANGES_OF_MIND))]
        return _until(now, steps, [])
    if waits and fate < CANCELLED_SHARE + FORGOTTEN_SHARE:
        at = placed_at + (KNOWN[method].due_after or timedelta())
        return _until(
            now, [placed, Step(at=at, status=Status.CANCELLED, actor=EXPIRY, comment="It was not paid in time.")], []
        )
    steps, money = _carried_out(
        placed,
        fate=fate,
        waits=waits,
        total=total,
        currency=currency,
        is_abroad=is_abroad,
        staff=staff,
        random=random,
    )
    return _until(now, steps, money)


def _carried_out(
    placed: Step,
    *,
    fate: float,
    waits: bool,
    total: Decimal,
    currency: str,
    is_abroad: bool,
    staff: str,
    random: Random,
) -> tuple[list[Step], list[Money]]:
    """The whole way to the customer, and back where `fate` (0 to 1) wants it; as far as it will ever go."""
    steps = [placed]
    money = []
    at = placed.at
    if waits:
        at += timedelta(hours=random.triangular(3, 110, 20))
        money.append(Money(at=at, kind=Kind.CAPTURED, amount=total))
        steps.append(Step(at=at, status=Status.CONFIRMED, actor=staff))
    for status, shortest, longest in (
        (Status.PROCESSING, 1, 20),
        (Status.SHIPPED, 2, 30),
        (Status.DELIVERED, 96 if is_abroad else 24, 220 if is_abroad else 72),
    ):
        at += timedelta(hours=random.triangular(shortest, longest))
        steps.append(Step(at=at, status=status, actor=staff))
    if not waits:
        money.append(Money(at=at, kind=Kind.CAPTURED, amount=total))
    back = at + timedelta(hours=random.uniform(70, 220))
    lost = CANCELLED_SHARE + FORGOTTEN_SHARE
    if lost <= fate < lost + REFUNDED_SHARE:
        money.append(Money(at=back, kind=Kind.REFUNDED, amount=total))
        steps.append(Step(at=back, status=Status.REFUNDED, actor=staff, comment=random.choice(RETURNS)))
    elif lost <= fate < lost + REFUNDED_SHARE + PARTLY_REFUNDED_SHARE:
        money.append(Money(at=back, kind=Kind.REFUNDED, amount=quantize(total * Decimal("0.2"), currency)))
    return steps, money


def _until(now: datetime, steps: Sequence[Step], money: Sequence[Money]) -> Course:
    return Course(
        steps=[step for step in steps if step.at <= now],
        money=[entry for entry in money if entry.at <= now],
    )
