"""What a merchant has agreed to, owes and brings in, kept by hand by somebody who never saw our code: from the pages of
docs/operations/billing.md alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import floor

from dateutil.relativedelta import relativedelta

# In cents.
PRICES = {
    ("basic", "monthly"): 2999, ("basic", "annual"): 29990, ("premium", "monthly"): 9900, ("premium", "annual"): 99500,
    ("enterprise", "monthly"): 29900, ("enterprise", "annual"): 299000,
}  # fmt: skip
TRIAL, DUE_AFTER = timedelta(days=14), timedelta(days=14)

# Kind, value in per cent or cents, periods (None: for ever), plans (none: any).
Terms = tuple[str, int, int | None, tuple[str, ...]]


def part(cents: int, days: int, of_days: int) -> int:
    """Rounded half up."""
    return floor(Fraction(cents * days, of_days) + Fraction(1, 2))


def off(terms: Terms | None, plan: str, cents: int) -> int:
    """What a coupon takes off a whole period."""
    if terms is None or (terms[3] and plan not in terms[3]):
        return 0
    return part(cents, terms[1], 100) if terms[0] == "percentage" else min(terms[1], cents)


@dataclass
class Bill:
    """`left` is what credit notes have not taken back."""

    day: date
    due: date
    cents: int
    left: int
    is_open: bool = True


@dataclass
class Account:
    """All amounts in cents, `end` is the first day after the period. `coupon` holds for periods to come, `covering` for
    the one that runs, and took `taken` off it. `status` is active, past_due or suspended since a day. `is_shut` by an
    operator, `for_bills` for want of payment: either way it does not sell."""

    plan: str
    start: date
    end: date
    tax: int = 0
    by_card: bool = False
    cycle: str = "monthly"
    is_trial: bool = True
    anchor: date = date.min
    turns: int = 0
    next: tuple[str, str] | None = None
    ends: bool = False
    is_closed: bool = False
    status: str = "active"
    since: date = date.min
    is_shut: bool = False
    for_bills: bool = False
    coupon: Terms | None = None
    covering: Terms | None = None
    taken: int = 0
    had: set[str] = field(default_factory=set)
    bills: list[Bill] = field(default_factory=list)
    taken_back: list[tuple[date, int]] = field(default_factory=list)
    paid: int = 0
    been: set[str] = field(default_factory=set)

    @property
    def issued(self) -> list[tuple[date, int]]:
        """Invoices, and credit notes below zero, by their day."""
        return sorted([(bill.day, bill.cents) for bill in self.bills] + self.taken_back)

    @property
    def standing(self) -> tuple[str, str]:
        """Of the subscription, and of the shop."""
        if self.is_closed:
            return "cancelled", "cancelled"
        return self.status, "suspended" if self.is_shut or self.for_bills else "active"

    @property
    def for_a_year(self) -> int:
        """What the running period brings, for a year of such periods."""
        if self.is_closed or self.is_trial or self.status == "suspended":
            return 0
        return (PRICES[self.plan, self.cycle] - self.taken) * (1 if self.cycle == "annual" else 12)

    def owes(self, today: date) -> bool:
        return any(bill.is_open and bill.due < today for bill in self.bills)

    def night(self, today: date) -> None:
        """Periods that are over are followed by others, which are billed."""
        while not self.is_closed and self.status != "suspended" and self.end <= today:
            if self.ends:
                self.close()
                return
            if self.is_shut or self.for_bills:
                if not self.owes(today):
                    self._become("suspended", today)
                return
            if self.next is not None:
                self.is_trial = self.is_trial or self.next[1] != self.cycle
                (self.plan, self.cycle), self.next = self.next, None
            if self.is_trial:
                self.anchor, self.turns, self.is_trial = self.end, 0, False
            self._begin(self.end)
            self._bill(today, PRICES[self.plan, self.cycle] - self.taken)

    def follow(self, today: date) -> None:
        """The next step with what is overdue."""
        overdue = [bill.due for bill in self.bills if bill.is_open and bill.due < today]
        if self.is_closed or not overdue:
            return
        days, waited = (today - min(overdue)).days, (today - self.since).days
        if self.status == "active" and days > 7:
            self._become("past_due", today)
        elif self.status == "past_due" and days > 14 and waited >= 7:
            self._become("suspended", today)
            self.for_bills = not self.is_shut
        elif self.status == "suspended" and days > 30 and waited >= 16:
            self.close()

    def pay(self, bill: Bill, today: date) -> None:
        bill.is_open, self.paid = False, self.paid + bill.left
        self._settled(today)

    def take_back(self, bill: Bill, cents: int, today: date) -> None:
        bill.left -= cents
        self.taken_back.append((today, -cents))
        if bill.is_open and not bill.left:
            bill.is_open = False
            self._settled(today)

    def shut(self) -> None:
        self.is_shut, self.for_bills = True, False

    def open(self, today: date) -> None:
        """By an operator, whoever closed it."""
        self.is_shut = self.for_bills = False
        self._go_on(today)

    def close(self) -> None:
        self.is_closed = True
        self.been.add("cancelled")

    def change(self, plan: str, cycle: str, today: date) -> None:
        self.ends = False
        if self.is_trial:
            self.plan, self.cycle, self.next = plan, cycle, None
            return
        old, new = PRICES[self.plan, self.cycle], PRICES[plan, cycle]
        left, days = (self.end - today).days, (self.end - self.start).days
        back = part(old - self.taken, left, days)
        if cycle == self.cycle and new > old:
            taken = off(self.covering if self.taken else None, plan, new)
            net = part(new, left, days) - back - part(taken, left, days)
            if net >= 0:
                self.plan, self.next, self.taken = plan, None, taken
                self._bill(today, net)
                return
        if (self.cycle, cycle) == ("monthly", "annual"):
            taken = off(self.coupon, plan, new)
            net = new - taken - back
            if net > 0 or (net == 0 and taken):
                self.plan, self.cycle, self.next, self.anchor, self.turns = plan, cycle, None, today, 0
                self._begin(today)
                self._bill(today, net)
                return
        self.next = None if (plan, cycle) == (self.plan, self.cycle) else (plan, cycle)

    def _settled(self, today: date) -> None:
        if self.is_closed or self.owes(today):
            return
        if self.status == "past_due":
            self._become("active", today)
        elif self.status == "suspended" and (self.for_bills or self.end > today):
            self.for_bills = False
            self._go_on(today)

    def _go_on(self, today: date) -> None:
        if self.is_closed:
            return
        if self.end < today:
            self.end = self.anchor = today
            self.turns = 0
        if self.status == "suspended":
            self._become("past_due" if self.owes(today) else "active", today)

    def _become(self, status: str, today: date) -> None:
        self.status, self.since = status, today
        self.been.add(status)

    def _bill(self, today: date, net: int) -> None:
        if net > 0:
            cents = net + part(net, self.tax, 100)
            self.bills.append(Bill(today, today if self.by_card else today + DUE_AFTER, cents, cents))

    def _begin(self, start: date) -> None:
        self.turns += 1
        step = {"months": self.turns} if self.cycle == "monthly" else {"years": self.turns}
        self.start, self.end = start, self.anchor + relativedelta(**step)  # type: ignore[arg-type]
        self.taken = off(self.coupon, self.plan, PRICES[self.plan, self.cycle])
        if self.coupon is not None and self.taken:
            kind, value, left, plans = self.coupon
            self.covering, left = self.coupon, None if left is None else left - 1
            self.coupon = None if left == 0 else (kind, value, left, plans)
