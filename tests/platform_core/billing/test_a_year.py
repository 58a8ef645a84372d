"""A year of many merchants who change their minds, redeem coupons and get something back: what was billed, and what it
brings in a month, is what somebody who never saw our code computes."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from dateutil.relativedelta import relativedelta
from django.db.models import Sum

from platform_core.billing.change import change_subscription, preview_change
from platform_core.billing.coupons.errors import CouponRefused
from platform_core.billing.coupons.models import CouponUse, PlanCoupon
from platform_core.billing.coupons.redeem import redeem_coupon
from platform_core.billing.credit import credit_invoice
from platform_core.billing.end import end_with_period, keep_on
from platform_core.billing.models import BillingInvoice, TenantSubscription
from platform_core.billing.recurring.read import monthly_recurring_revenue
from platform_core.billing.run import billing_run
from platform_core.configuration.models import PlatformSetting
from platform_core.plans.models import TenantPlan
from platform_core.tenants.cancel import cancel_tenant
from platform_core.tenants.models import Tenant
from tests.platform_core.billing.conftest import Merchant

pytestmark = pytest.mark.slow
MERCHANTS, SEED = 200, 20261127
NEW_YEAR = date(2026, 1, 1)
# In cents.
PRICES = {
    ("basic", "monthly"): 2999, ("basic", "annual"): 29990, ("premium", "monthly"): 9900, ("premium", "annual"): 99500,
    ("enterprise", "monthly"): 29900, ("enterprise", "annual"): 299000,
}  # fmt: skip


def part(cents: int, days: int, of_days: int) -> int:
    """Rounded half up."""
    return floor(Fraction(cents * days, of_days) + Fraction(1, 2))


# Kind, value in per cent or cents, periods (None: for ever), plans (none: any).
Terms = tuple[str, int, int | None, tuple[str, ...]]
COUPONS: dict[str, Terms] = {
    "ONCE": ("percentage", 50, 1, ()), "THRICE": ("fixed", 1234, 3, ()), "ALWAYS": ("percentage", 7, None, ()),
    "FREE": ("percentage", 100, 2, ()), "LARGE": ("fixed", 5000, None, ("premium", "enterprise")),
}  # fmt: skip


def off(terms: Terms | None, plan: str, cents: int) -> int:
    """What a coupon takes off a whole period."""
    if terms is None or (terms[3] and plan not in terms[3]):
        return 0
    return part(cents, terms[1], 100) if terms[0] == "percentage" else min(terms[1], cents)


@dataclass
class Account:
    """What a merchant has agreed to, kept by hand; all amounts in cents, `end` is the first day after the period.
    `coupon` holds for periods to come, `covering` for the one that runs, and took `taken` off it."""

    plan: str
    start: date
    end: date
    tax: int = 0
    cycle: str = "monthly"
    is_trial: bool = True
    anchor: date = NEW_YEAR
    turns: int = 0
    next: tuple[str, str] | None = None
    ends: bool = False
    is_closed: bool = False
    coupon: Terms | None = None
    covering: Terms | None = None
    taken: int = 0
    had: set[str] = field(default_factory=set)
    billed: list[tuple[date, int]] = field(default_factory=list)

    @property
    def for_a_year(self) -> int:
        """What the running period brings, for a year of such periods."""
        if self.is_closed or self.is_trial:
            return 0
        return (PRICES[self.plan, self.cycle] - self.taken) * (1 if self.cycle == "annual" else 12)

    def night(self, today: date) -> None:
        while not self.is_closed and self.end <= today:
            if self.ends:
                self.is_closed = True
                return
            if self.next is not None:
                self.is_trial = self.is_trial or self.next[1] != self.cycle
                (self.plan, self.cycle), self.next = self.next, None
            if self.is_trial:
                self.anchor, self.turns, self.is_trial = self.end, 0, False
            self._begin(self.end)
            self.bill(today, PRICES[self.plan, self.cycle] - self.taken)

    def bill(self, today: date, net: int) -> None:
        if net > 0:
            self.billed.append((today, net + part(net, self.tax, 100)))

    def _begin(self, start: date) -> None:
        self.turns += 1
        step = {"months": self.turns} if self.cycle == "monthly" else {"years": self.turns}
        self.start, self.end = start, self.anchor + relativedelta(**step)  # type: ignore[arg-type]
        self.taken = off(self.coupon, self.plan, PRICES[self.plan, self.cycle])
        if self.coupon is not None and self.taken:
            kind, value, left, plans = self.coupon
            self.covering, left = self.coupon, None if left is None else left - 1
            self.coupon = None if left == 0 else (kind, value, left, plans)

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
                self.bill(today, net)
                return
        if (self.cycle, cycle) == ("monthly", "annual"):
            taken = off(self.coupon, plan, new)
            net = new - taken - back
            if net > 0 or (net == 0 and taken):
                self.plan, self.cycle, self.next, self.anchor, self.turns = plan, cycle, None, today, 0
                self._begin(today)
                self.bill(today, net)
                return
        self.next = None if (plan, cycle) == (self.plan, self.cycle) else (plan, cycle)


def test_a_year_of_two_hundred_merchants_balances_to_the_cent(merchant: Merchant) -> None:
    draw = random.Random(SEED)
    for (plan, cycle), cents in PRICES.items():
        column = "monthly_price" if cycle == "monthly" else "annual_price"
        TenantPlan.objects.filter(name=plan).update(**{column: Decimal(cents) / 100})
    for code, (kind, value, periods, plans) in COUPONS.items():
        worth = Decimal(value) if kind == "percentage" else Decimal(value) / 100
        PlanCoupon.objects.create(code=code, kind=kind, value=worth, periods=periods, plans=list(plans))
    PlatformSetting.objects.create(key="billing.taxes", value={"country": "DE", "rates": {"DE": "0.19"}})
    books: dict[str, Account] = {}
    shops: dict[str, Tenant] = {}
    months: dict[date, int] = {}
    for day in (NEW_YEAR + timedelta(days=number) for number in range(366)):
        if len(books) < MERCHANTS:
            slug, plan = f"shop-{len(books)}", draw.choice(["basic", "premium", "enterprise"])
            taxed = len(books) % 3 == 0
            shops[slug] = merchant(slug, plan=plan, begins=day, country="DE" if taxed else "US")
            books[slug] = Account(plan=plan, start=day, end=day + timedelta(days=14), tax=19 if taxed else 0)
        # Some nights the worker is down; some it runs twice.
        for _ in range(draw.choice([0, 1, 1, 1, 1, 2])):
            assert [billed.error for billed in billing_run(day) if billed.error] == []
            for account in books.values():
                account.night(day)
        for slug in draw.sample(sorted(books), k=min(len(books), 4)):
            act(draw, shops[slug], books[slug], day)
        months[day.replace(day=1)] = sum(account.for_a_year for account in books.values())
    assert {slug: found_of(shop) for slug, shop in shops.items()} == {
        slug: sorted(account.billed) for slug, account in books.items()
    }
    numbers = sorted(BillingInvoice.objects.values_list("invoice_number", flat=True))
    amounts = [cents for account in books.values() for _, cents in account.billed]
    series = [(prefix, year) for prefix in ("SS", "SSC") for year in (2026, 2027)]
    found = {each: [number for number in numbers if number.startswith(f"{each[0]}-{each[1]}-")] for each in series}
    assert [
        f"{prefix}-{year}-{n:06d}" for (prefix, year), those in found.items() for n in range(1, len(those) + 1)
    ] == numbers
    assert sum(1 for cents in amounts if cents > 0) == len(found["SS", 2026]) + len(found["SS", 2027]) > 600
    assert sum(1 for cents in amounts if cents < 0) == len(found["SSC", 2026]) + len(found["SSC", 2027]) > 50
    assert CouponUse.objects.count() > 50
    assert sorted(
        TenantSubscription.objects.exclude(status="cancelled").values_list("tenant__slug", flat=True)
    ) == sorted(slug for slug, account in books.items() if not account.is_closed)
    # Of each month's last day; of the one that has just begun, its first.
    assert {month: monthly_recurring_revenue(month + relativedelta(day=31), "USD") for month in months} == {
        month: Decimal(part(cents, 1, 12)) / 100 for month, cents in months.items()
    }
    assert TenantSubscription.objects.aggregate(sum=Sum("annual_value"))["sum"] * 100 == list(months.values())[-1]


def act(draw: random.Random, shop: Tenant, account: Account, day: date) -> None:
    """What a merchant may do on a day on which the night's run was done."""
    if draw.random() < 0.15:
        take_back(draw, shop, account, day)
    if account.is_closed or account.end <= day:
        return
    match draw.choice(["change"] * 6 + ["end", "keep", "close", "coupon", "coupon"]):
        case "change":
            plan, cycle = draw.choice(sorted(PRICES))
            if (plan, cycle) == (account.plan, account.cycle) and account.next is None and not account.ends:
                return
            total = preview_change(shop.pk, plan=plan, cycle=cycle, today=day).total
            change_subscription(shop.pk, plan=plan, cycle=cycle, today=day, expected_total=total)
            account.change(plan, cycle, day)
        case "end" if not account.ends:
            end_with_period(shop.pk)
            account.ends, account.next = True, None
        case "keep" if account.ends:
            keep_on(shop.pk)
            account.ends = False
        case "close" if draw.random() < 0.05:
            cancel_tenant(shop.pk, reason="closing", today=day)
            account.is_closed = True
        case "coupon":
            code = draw.choice(sorted(COUPONS))
            try:
                redeem_coupon(shop.pk, code, today=day)
            except CouponRefused:
                assert account.coupon or code in account.had or COUPONS[code][3]
            else:
                account.had.add(code)
                account.coupon = COUPONS[code]


def take_back(draw: random.Random, shop: Tenant, account: Account, day: date) -> None:
    """All or a part of one of the shop's invoices, if anything of it is left."""
    invoices = [each for each in BillingInvoice.objects.filter(tenant=shop).exclude(kind="credit") if each.owed_amount]
    if invoices:
        invoice = draw.choice(sorted(invoices, key=lambda each: each.invoice_number))
        left = int(invoice.owed_amount * 100)
        cents = draw.choice([left, draw.randint(1, left)])
        credit_invoice(invoice.invoice_number, today=day, amount=Decimal(cents) / 100)
        account.billed.append((day, -cents))


def found_of(shop: Tenant) -> list[tuple[date, int]]:
    rows = BillingInvoice.objects.filter(tenant=shop)
    return sorted((day, int(total * 100)) for day, total in rows.values_list("issued_date", "total_amount"))
