"""The mail before a trial ends: once, to who is billed then, with the amount of the bill that follows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.core import mail
from django.utils import timezone

from platform_core.billing.coupons.models import PlanCoupon
from platform_core.billing.coupons.redeem import redeem_coupon
from platform_core.billing.end import end_with_period, keep_on
from platform_core.billing.models import BillingInvoice
from platform_core.billing.run import billing_run
from platform_core.billing.trial_ends import tell_trials
from platform_core.configuration.models import PlatformSetting
from platform_core.mails.models import PlatformMail
from platform_core.mails.send import send_waiting
from platform_core.plans.models import TenantPlan
from tests.platform_core.billing.conftest import Merchant

# Trials of the first of January end with the 14th.
THREE_LEFT, LAST = date(2026, 1, 12), date(2026, 1, 14)


def test_it_says_to_the_cent_what_is_billed_then_and_comes_once(merchant: Merchant) -> None:
    TenantPlan.objects.filter(name="basic").update(monthly_price=Decimal("29.99"), setup_fee=Decimal("10.01"))
    PlatformSetting.objects.create(key="billing.taxes", value={"country": "DE", "rates": {"DE": "0.19"}})
    PlanCoupon.objects.create(code="SPRING", kind="percentage", value=20, periods=3)
    shop = merchant(country="DE")
    redeem_coupon(shop.pk, "SPRING", today=date(2026, 1, 2))
    assert tell_trials(date(2026, 1, 11)) == 0
    assert [tell_trials(THREE_LEFT), tell_trials(THREE_LEFT), tell_trials(LAST)] == [1, 0, 0]
    mail.outbox.clear()
    send_waiting(timezone.now())
    [sent] = mail.outbox
    list(billing_run(date(2026, 1, 15)))
    # 29.99 less 6.00, and 10.01, with 19 %.
    assert BillingInvoice.objects.get().total_amount == Decimal("40.46")
    assert sent.subject == "The trial of Acme ends on 14 January 2026"
    assert "$40.46 at first" in sent.body
    assert "$29.99 a month" in sent.body


def test_after_missed_nights_it_comes_while_there_is_time_and_not_afterwards(merchant: Merchant) -> None:
    merchant()
    assert (tell_trials(date(2026, 1, 15)), tell_trials(LAST)) == (0, 1)


def test_who_has_cancelled_is_not_written_to_and_who_thinks_better_of_it_is(merchant: Merchant) -> None:
    shop = merchant()
    end_with_period(shop.pk)
    assert tell_trials(THREE_LEFT) == 0
    keep_on(shop.pk)
    assert tell_trials(THREE_LEFT) == 1
    end_with_period(shop.pk)
    mail.outbox.clear()
    send_waiting(timezone.now())
    assert (mail.outbox, PlatformMail.objects.get().delivered_at is not None) == ([], True)
