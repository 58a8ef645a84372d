"""What is owed after the trial, shown before anything is made."""

from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from platform_core.billing.coupons.errors import CouponRefused
from platform_core.billing.coupons.models import PlanCoupon
from platform_core.billing.coupons.offer import offered_coupon
from platform_core.billing.errors import PlanNotOffered
from platform_core.billing.first_bill import FirstBill, first_bill
from platform_core.billing.models import BillingCycle
from platform_core.billing.open_trial import has_had_trial
from platform_core.plans.models import TenantPlan
from platform_core.signups.guesses import may_guess, note_wrong
from platform_core.tenants.person import person_of
from smartseller.money import display
from smartseller.throttle import TooOften

LONGEST_CODE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownBill:
    """Texts. `problem` is why the coupon takes nothing off; `then` what each month costs when it is used up, empty when
    nothing changes."""

    period: str
    day: date
    is_today: bool
    rows: list[tuple[str, str]]
    total: str
    then: str
    problem: str


def bill_for(
    request: HttpRequest, plan: object, *, country: object, code: object, cycle: object, email: str = ""
) -> ShownBill | None:
    """The first bill of who chooses this today; None while that says nothing, or has no price. With `email`, which only
    its own mailbox may be told, as it is for that person. Who tries many codes is told of none. At most five
    statements."""
    today = timezone.now().astimezone(UTC).date()
    if not f"{plan}{country}{code}".isprintable():
        return None
    chosen = TenantPlan.objects.filter(name=str(plan), is_active=True).first()
    if chosen is None:
        return None
    coupon, problem = _coupon(request, str(code or ""), chosen, today, email)
    has_trial = not (email and has_had_trial(email))
    try:
        bill = first_bill(
            chosen, country=str(country), today=today, coupon=coupon, has_trial=has_trial, cycle=_cycle(cycle)
        )
    except PlanNotOffered:
        return None
    return ShownBill(
        period="year" if _cycle(cycle) == BillingCycle.ANNUAL else "month",
        day=bill.day,
        is_today=not has_trial,
        rows=_rows(bill),
        total=_money(bill.first.total, bill),
        then=_then(bill, "year" if _cycle(cycle) == BillingCycle.ANNUAL else "month"),
        problem=problem,
    )


def _coupon(
    request: HttpRequest, code: str, plan: TenantPlan, today: date, email: str
) -> tuple[PlanCoupon | None, str]:
    if not code.strip():
        return None, ""
    if not may_guess(request):
        return None, str(TooOften())
    try:
        found = offered_coupon(
            code[:LONGEST_CODE], plan=plan.name, today=today, person=person_of(email) if email else ""
        )
    except CouponRefused as error:
        note_wrong(request)
        return None, str(error)
    return found, ""


def _cycle(written: object) -> str:
    return BillingCycle.ANNUAL if written == BillingCycle.ANNUAL else BillingCycle.MONTHLY


def _rows(bill: FirstBill) -> list[tuple[str, str]]:
    rows = [(line.description, _money(line.amount, bill)) for line in bill.lines]
    if bill.first.discount:
        rows.append((bill.discount, _money(-bill.first.discount, bill)))
    if bill.first.tax:
        rows.append(("Tax", _money(bill.first.tax, bill)))
    return rows


def _then(bill: FirstBill, period: str) -> str:
    if bill.later.total == bill.first.total:
        return ""
    periods = bill.periods if bill.first.discount else 1
    after = f"from the second {period} on" if periods in (None, 1) else f"after {periods} {period}s with the coupon"
    return f"Then {_money(bill.later.total, bill)} a {period}, {after}."


def _money(amount: Decimal, bill: FirstBill) -> str:
    return display(amount, bill.currency)


@never_cache
@require_GET
def amount(request: HttpRequest) -> HttpResponse:
    """A fragment for the sign-up form; a page of its own for everybody else."""
    plan, country, code, cycle = (request.GET.get(name, "") for name in ("plan", "country", "coupon", "cycle"))
    bill = bill_for(request, plan, country=country, code=code, cycle=cycle)
    template = "website/_first_bill.html" if request.headers.get("HX-Request") else "website/first_bill.html"
    return render(request, template, {"bill": bill, "section": ""})
