"""A year of many merchants who change their minds, redeem coupons, pay late or never and get something back, while
operators close shops and open them: what was billed and paid, who sells, and what it brings in a month, is what books
say that are kept by hand (`books.py`)."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
import time_machine
from dateutil.relativedelta import relativedelta
from django.db.models import Sum

from platform_core.billing.cards import collect as collecting
from platform_core.billing.cards.models import MerchantCard
from platform_core.billing.cards.protocol import Outcome, Report, Wanted
from platform_core.billing.change import change_subscription, preview_change
from platform_core.billing.coupons.errors import CouponRefused
from platform_core.billing.coupons.models import CouponUse, PlanCoupon
from platform_core.billing.coupons.redeem import redeem_coupon
from platform_core.billing.credit import credit_invoice
from platform_core.billing.end import end_with_period, keep_on
from platform_core.billing.errors import ShopClosed
from platform_core.billing.letters import OPEN
from platform_core.billing.mark_paid import mark_paid
from platform_core.billing.models import BillingInvoice, TenantSubscription
from platform_core.billing.recurring.read import monthly_recurring_revenue
from platform_core.billing.run import billing_run_task
from platform_core.configuration.models import PlatformSetting
from platform_core.plans.models import TenantPlan
from platform_core.tenants.cancel import cancel_tenant
from platform_core.tenants.models import Tenant
from platform_core.tenants.resume import resume_tenant
from platform_core.tenants.suspend import suspend_tenant
from tests.platform_core.billing.books import PRICES, TRIAL, Account, Bill, Terms, part
from tests.platform_core.billing.conftest import Merchant

pytestmark = pytest.mark.slow
MERCHANTS, SEED = 200, 20261127
NEW_YEAR = date(2026, 1, 1)
COUPONS: dict[str, Terms] = {
    "ONCE": ("percentage", 50, 1, ()), "THRICE": ("fixed", 1234, 3, ()), "ALWAYS": ("percentage", 7, None, ()),
    "FREE": ("percentage", 100, 2, ()), "LARGE": ("fixed", 5000, None, ("premium", "enterprise")),
}  # fmt: skip
# How likely merchants pay a bill on a day; some never do.
TEMPERS = (0.3, 0.3, 0.1, 0.04, 0.0)


@dataclass
class Till:
    """A gateway that takes money of two cards in three, and remembers what it took."""

    draw: random.Random
    asked: dict[str, Report] = field(default_factory=dict)
    taken: list[Wanted] = field(default_factory=list)

    def announce(self, wanted: Wanted) -> str:
        return f"pi_{wanted.charge_id.hex}"

    def take(self, wanted: Wanted, reference: str) -> Report:
        if reference not in self.asked:
            is_good = self.draw.random() < 0.66
            outcome = Outcome.SUCCEEDED if is_good else Outcome.DECLINED
            self.asked[reference] = Report(outcome=outcome, reference=reference)
            self.taken += [wanted] if is_good else []
        return self.asked[reference]

    def news(self) -> list[Wanted]:
        """What was taken since somebody last asked."""
        told, self.taken = self.taken, []
        return told


@dataclass
class Town:
    """The merchants, and the books that are kept of them."""

    draw: random.Random
    shops: dict[str, Tenant] = field(default_factory=dict)
    books: dict[str, Account] = field(default_factory=dict)
    tempers: dict[str, float] = field(default_factory=dict)

    def numbers(self, slug: str) -> list[str]:
        """Those of a merchant's invoices, as they were issued."""
        rows = BillingInvoice.objects.filter(tenant=self.shops[slug]).exclude(kind="credit")
        return sorted(rows.values_list("invoice_number", flat=True))

    def bill_of(self, number: str) -> tuple[Account, Bill]:
        slug = BillingInvoice.objects.values_list("tenant__slug", flat=True).get(invoice_number=number)
        return self.books[slug], self.books[slug].bills[self.numbers(slug).index(number)]

    def open_bills(self, slug: str) -> Iterator[tuple[int, Bill]]:
        return ((place, bill) for place, bill in enumerate(self.books[slug].bills) if bill.is_open)

    def comes(self, slug: str, merchant: Merchant, day: date) -> None:
        number, plan = len(self.books), self.draw.choice(["basic", "premium", "enterprise"])
        taxed, by_card = number % 3 == 0, number % 4 == 0
        shop = merchant(slug, plan=plan, begins=day, country="DE" if taxed else "US")
        if by_card:
            MerchantCard.objects.create(tenant=shop, customer=f"cus_{number}", method=f"pm_{number}")
        self.shops[slug] = shop
        self.books[slug] = Account(plan=plan, start=day, end=day + TRIAL, tax=19 if taxed else 0, by_card=by_card)
        self.tempers[slug] = self.draw.choice(TEMPERS)


def test_a_year_of_two_hundred_merchants_balances_to_the_cent(
    merchant: Merchant, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer()
    town, till = Town(random.Random(SEED)), Till(random.Random(SEED + 1))
    monkeypatch.setattr(collecting, "is_offered", lambda: True)
    monkeypatch.setattr(collecting, "gateway", lambda: till)
    months: dict[date, int] = {}
    for day in (NEW_YEAR + timedelta(days=number) for number in range(366)):
        with time_machine.travel(datetime.combine(day, time(1), UTC)):
            if len(town.books) < MERCHANTS:
                town.comes(f"shop-{len(town.books)}", merchant, day)
            a_day(town, till, day)
        months[day.replace(day=1)] = sum(account.for_a_year for account in town.books.values())
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    everybody_was_billed_once(town)
    everybody_stands_as_the_books_say(town)
    # Of each month's last day; of the one that has just begun, its first.
    assert {month: monthly_recurring_revenue(month + relativedelta(day=31), "USD") for month in months} == {
        month: Decimal(part(cents, 1, 12)) / 100 for month, cents in months.items()
    }
    assert TenantSubscription.objects.aggregate(sum=Sum("annual_value"))["sum"] * 100 == list(months.values())[-1]


def offer() -> None:
    for (plan, cycle), cents in PRICES.items():
        column = "monthly_price" if cycle == "monthly" else "annual_price"
        TenantPlan.objects.filter(name=plan).update(**{column: Decimal(cents) / 100})
    for code, (kind, value, periods, plans) in COUPONS.items():
        worth = Decimal(value) if kind == "percentage" else Decimal(value) / 100
        PlanCoupon.objects.create(code=code, kind=kind, value=worth, periods=periods, plans=list(plans))
    PlatformSetting.objects.create(key="billing.taxes", value={"country": "DE", "rates": {"DE": "0.19"}})


def a_day(town: Town, till: Till, day: date) -> None:
    # Some nights the worker is down; some it runs twice.
    for _ in range(town.draw.choice([0, 1, 1, 1, 1, 2])):
        billing_run_task()
        for account in town.books.values():
            account.night(day)
            account.follow(day)
    if town.draw.random() < 0.8:
        collecting.collect_task()
        for wanted in till.news():
            account, bill = town.bill_of(wanted.invoice)
            # What was paid already, or taken back, is never charged.
            assert (bill.is_open, bill.left, account.is_closed) == (True, int(wanted.amount * 100), False)
            account.pay(bill, day)
    for slug, account in town.books.items():
        for place, bill in list(town.open_bills(slug)):
            if town.draw.random() < town.tempers[slug]:
                mark_paid(town.numbers(slug)[place], on=day, today=day)
                account.pay(bill, day)
    for slug in town.draw.sample(sorted(town.books), k=min(len(town.books), 4)):
        act(town, slug, day)


def act(town: Town, slug: str, day: date) -> None:
    """What a merchant, or an operator, may do on a day."""
    draw, shop, account = town.draw, town.shops[slug], town.books[slug]
    if draw.random() < 0.15:
        take_back(town, slug, day)
    if not account.is_closed and draw.random() < 0.08:
        close_or_open(shop, account, day)
    if account.is_closed or account.status == "suspended" or account.end <= day:
        return
    match draw.choice(["change"] * 6 + ["end", "keep", "close", "coupon", "coupon"]):
        case "change":
            plan, cycle = draw.choice(sorted(PRICES))
            if account.is_shut:
                with pytest.raises(ShopClosed):
                    preview_change(shop.pk, plan=plan, cycle=cycle, today=day)
                return
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
            account.close()
        case "coupon":
            code = draw.choice(sorted(COUPONS))
            try:
                redeem_coupon(shop.pk, code, today=day)
            except CouponRefused:
                assert account.coupon or code in account.had or COUPONS[code][3]
            else:
                account.had.add(code)
                account.coupon = COUPONS[code]


def close_or_open(shop: Tenant, account: Account, day: date) -> None:
    """By an operator; one that is closed for want of payment is opened, or stays closed for another reason."""
    if account.is_shut or (account.for_bills and day.day % 2):
        resume_tenant(shop.pk, today=day)
        account.open(day)
    else:
        suspend_tenant(shop.pk, reason="it sells what it must not")
        account.shut()


def take_back(town: Town, slug: str, day: date) -> None:
    """All or a part of one of the shop's invoices, if anything of it is left."""
    account = town.books[slug]
    places = [place for place, bill in enumerate(account.bills) if bill.left]
    if places:
        place = town.draw.choice(places)
        left = account.bills[place].left
        cents = town.draw.choice([left, town.draw.randint(1, left)])
        credit_invoice(town.numbers(slug)[place], today=day, amount=Decimal(cents) / 100)
        account.take_back(account.bills[place], cents, day)


def everybody_was_billed_once(town: Town) -> None:
    """To the day and the cent, in numbers without a gap."""
    found: dict[str, list[tuple[date, int]]] = {slug: [] for slug in town.books}
    numbers: dict[tuple[str, int], list[str]] = {}
    for invoice in BillingInvoice.objects.order_by("invoice_number").select_related("tenant"):
        found[invoice.tenant.slug].append((invoice.issued_date, int(invoice.total_amount * 100)))
        prefix, year, _ = invoice.invoice_number.split("-")
        numbers.setdefault((prefix, int(year)), []).append(invoice.invoice_number)
    assert {slug: sorted(those) for slug, those in found.items()} == {
        slug: account.issued for slug, account in town.books.items()
    }
    for (prefix, year), those in numbers.items():
        assert those == [f"{prefix}-{year}-{number:06d}" for number in range(1, len(those) + 1)]
    amounts = [cents for account in town.books.values() for _, cents in account.issued]
    assert BillingInvoice.objects.aggregate(sum=Sum("total_amount"))["sum"] * 100 == sum(amounts)
    assert sum(1 for cents in amounts if cents > 0) > 500
    assert sum(1 for cents in amounts if cents < 0) > 50
    assert CouponUse.objects.count() > 50


def everybody_stands_as_the_books_say(town: Town) -> None:
    standing = TenantSubscription.objects.values_list("tenant__slug", "status", "tenant__status")
    assert {slug: (status, shop) for slug, status, shop in standing} == {
        slug: account.standing for slug, account in town.books.items()
    }
    is_open = {
        slug: [BillingInvoice.objects.get(invoice_number=number).status in OPEN for number in town.numbers(slug)]
        for slug in town.books
    }
    assert is_open == {slug: [bill.is_open for bill in account.bills] for slug, account in town.books.items()}
    # The year has seen all of it.
    been = [account.been for account in town.books.values()]
    for status in ("past_due", "suspended", "active", "cancelled"):
        assert sum(status in each for each in been) > 10, status
