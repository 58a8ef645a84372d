"""Telling merchants that their trial ends, and to the cent what the first bill will be."""

from datetime import date, timedelta

from platform_core.billing.cards.known import pays_by_card
from platform_core.billing.coupons.discount import discount_of, period_discount
from platform_core.billing.coupons.redeem import running_use
from platform_core.billing.issue import Amounts, amounts_of
from platform_core.billing.lines import LineKind, line_of
from platform_core.billing.models import BillingCycle, SubscriptionStatus, TenantSubscription
from platform_core.billing.periods import period_from
from platform_core.billing.taxes import tax_of
from platform_core.mails.models import PlatformMail
from platform_core.mails.promise import promise_mail
from platform_core.mails.send import WRITERS
from platform_core.tenancy.hosts import shop_url
from platform_core.tenants.models import Tenant, TenantStatus
from smartseller.letter import Letter
from smartseller.money import display

TOPIC = "billing.trial_ends"
DAYS_BEFORE = 3


def tell_trials(today: date) -> int:
    """Promise the mail to every merchant whose trial ends in the next days, once, in transactions of their own; how
    many were promised. Who has cancelled, or is closed, is not written to. One statement, and two for each."""
    ending = TenantSubscription.objects.filter(
        status=SubscriptionStatus.ACTIVE,
        anchor_date=None,
        ends_with_period=False,
        trial_end__gte=today,
        trial_end__lt=today + timedelta(days=DAYS_BEFORE),
        tenant__status=TenantStatus.ACTIVE,
        tenant__sandbox_of=None,
    )
    return sum(
        promise_mail(TOPIC, str(pk), tenant_id=tenant_id, payload={"subscription": str(pk)})
        for pk, tenant_id in ending.order_by("tenant__slug").values_list("pk", "tenant_id")
    )


def first_amounts(tenant: Tenant, subscription: TenantSubscription) -> Amounts:
    """What the first bill of a subscription that is tried out will come to, if nothing changes until then. Four
    statements at most."""
    currency, plan = subscription.currency, subscription.plan
    first = subscription.current_period_end + timedelta(days=1)
    period = period_from(first, anchor=first, cycle=subscription.billing_cycle)
    lines = [line_of(LineKind.PLAN, plan, period, subscription.amount, currency)]
    if subscription.setup_fee:
        lines.append(line_of(LineKind.SETUP, plan, period, subscription.setup_fee, currency))
    use = running_use(subscription)
    taken = period_discount(use, plan, subscription.amount, currency)
    discounts = [discount_of(use, taken, currency)] if use is not None and taken else []
    return amounts_of(lines, discounts, tax_of(tenant), currency)


def write(mail: PlatformMail, tenant: Tenant) -> Letter | None:
    """The letter, as things are when it is sent; None once the trial is over, or nothing follows it."""
    subscription = TenantSubscription.objects.select_related("plan").get(pk=mail.payload["subscription"])
    is_tried = subscription.status == SubscriptionStatus.ACTIVE and subscription.anchor_date is None
    if not is_tried or subscription.ends_with_period or subscription.trial_end is None:
        return None
    last, plan = subscription.trial_end, subscription.plan.display_name
    total = display(first_amounts(tenant, subscription).total, subscription.currency)
    times = "a year" if subscription.billing_cycle == BillingCycle.ANNUAL else "a month"
    price = display(subscription.amount, subscription.currency)
    how = "Your card is charged on that day." if pays_by_card(tenant.pk) else "An invoice comes by mail."
    return Letter(
        title=f"The trial of {tenant.name} ends on {last:%-d %B %Y}",
        paragraphs=(
            f"From the day after on you pay for the plan {plan}: {total} at first, tax included, and {price} {times}"
            f" from then on, before tax and coupons. {how}",
            "There is nothing to do to go on. Another plan, or none, is chosen under Plan and bills until then, at no"
            " cost.",
        ),
        button="See your plan",
        path=shop_url(tenant.slug, "/admin/plan/"),
    )


WRITERS[TOPIC] = write
