"""What a sign-up promises is what is billed."""

from datetime import date
from decimal import Decimal

import pytest

from platform_core.billing.coupons.at_sign_up import redeem_at_sign_up
from platform_core.billing.coupons.errors import CouponRefused
from platform_core.billing.coupons.models import CouponUse, PlanCoupon
from platform_core.billing.coupons.offer import offered_coupon
from platform_core.billing.errors import PlanNotOffered
from platform_core.billing.first_bill import first_bill
from platform_core.billing.models import BillingInvoice
from platform_core.billing.open_trial import has_had_trial, open_trial
from platform_core.billing.renew import renew
from platform_core.configuration.models import PlatformSetting
from platform_core.plans.models import TenantPlan
from platform_core.tenants.models import Tenant
from platform_core.tenants.person import person_of
from tests.platform_core.accounts.posting import mails
from tests.platform_core.billing.conftest import Merchant

TODAY = date(2026, 1, 10)


@pytest.fixture
def coupon() -> PlanCoupon:
    TenantPlan.objects.filter(name="premium").update(setup_fee=Decimal(50))
    PlatformSetting.objects.update_or_create(
        key="billing.taxes", defaults={"value": {"country": "DE", "rates": {"DE": "0.19"}}}
    )
    return PlanCoupon.objects.create(code="SPRING", kind="percentage", value=Decimal(25), periods=2, plans=["premium"])


def test_the_amounts_of_a_sign_up_are_those_of_its_invoices_to_the_cent(coupon: PlanCoupon, merchant: Merchant) -> None:
    plan = TenantPlan.objects.get(name="premium")
    bill = first_bill(plan, country="DE", today=TODAY, coupon=coupon)
    shop = merchant(plan="premium", begins=TODAY, country="DE")
    redeem_at_sign_up(shop.pk, "spring", today=TODAY)
    redeem_at_sign_up(shop.pk, "spring", today=TODAY)

    assert (bill.day, bill.first.total) == (date(2026, 1, 24), Decimal("139.83"))  # 117.50 and 19 %
    assert bill.later.total == Decimal("107.10")
    assert CouponUse.objects.count() == 1
    for day in (date(2026, 1, 23), bill.day, date(2026, 3, 24)):
        renew(shop.pk, today=day)
    totals = BillingInvoice.objects.order_by("period_start").values_list("total_amount", flat=True)
    assert list(totals) == [bill.first.total, Decimal("80.33"), bill.later.total]  # 67.50 and 19 % the second


def test_by_the_year_the_first_bill_is_a_years(coupon: PlanCoupon, merchant: Merchant) -> None:
    plan = TenantPlan.objects.get(name="premium")
    bill = first_bill(plan, country="DE", today=TODAY, coupon=coupon, cycle="annual")
    shop = Tenant.objects.create(
        slug="acme", name="Acme", subdomain="acme", database_name="none_acme", status="active", country="DE",
        plan_type="premium", contact_email="ann@acme.example",
    )  # fmt: skip
    open_trial(shop.pk, plan="premium", today=TODAY, cycle="annual")
    redeem_at_sign_up(shop.pk, "SPRING", today=TODAY)
    renew(shop.pk, today=bill.day)

    invoice = BillingInvoice.objects.get()
    assert invoice.total_amount == bill.first.total == Decimal("862.75")  # 900 + 50 - 225, and 19 %
    assert (invoice.period_start, invoice.period_end) == (date(2026, 1, 24), date(2027, 1, 23))
    with pytest.raises(PlanNotOffered):
        first_bill(TenantPlan.objects.get(name="enterprise"), country="DE", today=TODAY, cycle="annual")


def test_a_coupon_that_was_used_up_meanwhile_stops_no_shop_and_its_owner_is_told(
    coupon: PlanCoupon, merchant: Merchant
) -> None:
    shop = merchant(plan="premium", begins=TODAY)
    PlanCoupon.objects.update(most_uses=3, uses=3)

    redeem_at_sign_up(shop.pk, "SPRING", today=TODAY)
    redeem_at_sign_up(shop.pk, "SPRING", today=TODAY)

    assert [message.subject for message in mails()] == ["Acme is open, without the coupon SPRING"]
    assert not CouponUse.objects.exists()


def test_a_coupon_is_offered_for_its_plans_and_once_to_a_person(coupon: PlanCoupon, merchant: Merchant) -> None:
    shop = merchant(plan="premium", begins=TODAY)
    Tenant.objects.update(contact_email="an.n+shop@gmail.com")
    redeem_at_sign_up(shop.pk, "SPRING", today=TODAY)

    assert offered_coupon("spring", plan="premium", today=TODAY, person=person_of("bob@gmail.com")) == coupon
    for plan, person in (("basic", ""), ("premium", person_of("Ann@googlemail.com"))):
        with pytest.raises(CouponRefused):
            offered_coupon("SPRING", plan=plan, today=TODAY, person=person)


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("Ann@acme.example", "ann+2@ACME.example", True),
        ("an.n@gmail.com", "ann@googlemail.com", True),
        ("a.n.n+x.y@googlemail.com", "ann@gmail.com", True),
        ("an.n@acme.example", "ann@acme.example", False),
        ("ann@notgmail.com", "a.nn@notgmail.com", False),
        ("ann@gmail.com", "bob@gmail.com", False),
    ],
)
def test_a_person_has_one_trial_however_the_mailbox_is_written(
    first: str, second: str, is_one: bool, merchant: Merchant
) -> None:
    had = merchant("one")
    Tenant.objects.filter(pk=had.pk).update(contact_email=first)
    assert (person_of(first) == person_of(second)) is is_one
    assert has_had_trial(second) is is_one

    other = Tenant.objects.create(
        slug="two", name="Two", subdomain="two", database_name="none_two", status="active", contact_email=second
    )
    open_trial(other.pk, plan="basic", today=TODAY)

    (running,) = other.subscriptions.all()
    assert (running.trial_end is None) is is_one
