"""Asking for a shop without being logged in: a link goes to the mailbox, and nothing else is done."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from django.db import transaction

from platform_core.accounts.models import PlatformUser, normal_email
from platform_core.billing.coupons.offer import CURRENCY, offered_coupon
from platform_core.billing.models import BillingCycle
from platform_core.billing.overdue import refuse_who_owes
from platform_core.billing.prices import price_of
from platform_core.fleet.provision.claim import look_around
from platform_core.fleet.provision.details import check_details
from platform_core.fleet.provision.request import RequestedShop, RequestKeyReused, ShopRequest, SlugTaken, request_shop
from platform_core.fleet.servers import place_shop
from platform_core.plans.models import TenantPlan
from platform_core.signups.letters import send_question
from platform_core.signups.models import SignUp
from platform_core.tenants.models import Tenant
from platform_core.tenants.slugs import check_slug, database_name
from smartseller.throttle import count_mailbox

# Shops that one person opens in an hour: each takes a database.
MOST_AT_ONCE = 10


def ask(wanted: ShopRequest, *, admit: Callable[[str], None], now: datetime) -> SignUp:
    """Keep what is wanted and promise a link to the owner's mailbox. Whether somebody has an account with that address
    is looked up when the mail is written, by the worker: here every address gets the same statements and answer.

    `admit` is asked about the mailbox once everything else is right, and may refuse: the door counts its visitors. The
    address of the shop is not kept free meanwhile. The same `key` again is the same question, and no second mail.
    Errors: SlugMalformed, SlugReserved, SlugTaken, ShopDetailsRefused, PlanNotOffered, CouponRefused,
    NoServerAvailable; nothing is kept then. RequestKeyReused.
    """
    email = normal_email(wanted.owner_email)
    check_wanted(wanted, now=now)
    admit(email)
    row = SignUp(
        email=email, details=details_of(wanted), request_key=wanted.key, expires_at=now + SignUp.GOOD_FOR
    )  # fmt: skip
    with transaction.atomic():
        SignUp.objects.bulk_create([row], ignore_conflicts=True)
        kept = SignUp.objects.get(request_key=wanted.key) if wanted.key else SignUp.objects.get(pk=row.pk)
        if (kept.email, kept.details) != (email, row.details):
            raise RequestKeyReused(wanted.key or "")
        send_question(kept)
    return kept


def check_wanted(wanted: ShopRequest, *, now: datetime) -> None:
    """What can be said before anybody is asked. Errors: as `ask`."""
    check_slug(wanted.slug)
    # The mailbox is none of this statement's business: it looks for nobody.
    found = look_around(plan=wanted.plan, server=place_shop(region=wanted.region), email="")
    check_details(wanted, plan_exists=found.plan_exists)
    name = database_name(wanted.slug)
    if Tenant.objects.filter(slug=wanted.slug).exists() or Tenant.objects.filter(database_name=name).exists():
        raise SlugTaken(wanted.slug)
    check_terms(wanted, now=now)


def check_terms(wanted: ShopRequest, *, now: datetime) -> None:
    """Errors: PlanNotOffered for its cycle; CouponRefused, as far as it is not about a person."""
    # A plan that is not offered by the year cannot be asked for so.
    plan = TenantPlan.objects.filter(name=wanted.plan).first()
    if plan is not None and wanted.cycle != BillingCycle.MONTHLY:
        price_of(plan, wanted.cycle, CURRENCY)
    if wanted.coupon:
        offered_coupon(wanted.coupon, plan=wanted.plan, today=now.astimezone(UTC).date())


def request_at_once(user: PlatformUser, wanted: ShopRequest, *, now: datetime) -> RequestedShop:
    """Request the shop of somebody who is there, and whose address is proven: no mail is needed.

    Errors: CouponRefused, BillsOverdue, TooOften, and those of `request_shop`; nothing changes then.
    """
    check_terms(wanted, now=now)
    refuse_who_owes(user.email, today=now.astimezone(UTC).date())
    count_mailbox(user.email, "open-shop", most=MOST_AT_ONCE)
    return request_shop(wanted, actor_id=user.pk)


def details_of(wanted: ShopRequest) -> dict[str, object]:
    kept = wanted.stored()
    del kept["owner_email"]
    return kept


def wanted_of(row: SignUp, *, password_hash: str | None = None, slug: str | None = None) -> ShopRequest:
    """What the row asks for, at another address with `slug`."""
    wanted = ShopRequest(owner_email=row.email, password_hash=password_hash, key=row.request_key, **row.details)
    return wanted if slug is None else replace(wanted, slug=slug)
