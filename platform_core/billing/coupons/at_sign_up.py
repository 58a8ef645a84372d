"""The coupon that somebody signed up with."""

from datetime import date
from uuid import UUID

from django.db import transaction

from platform_core.audit.record import record
from platform_core.billing.coupons.errors import CouponRefused
from platform_core.billing.coupons.models import CouponUse
from platform_core.billing.coupons.redeem import redeem_coupon
from platform_core.billing.errors import NoSubscription
from platform_core.mails.models import PlatformMail
from platform_core.mails.promise import promise_mail
from platform_core.mails.send import WRITERS
from platform_core.tenancy.hosts import shop_url
from platform_core.tenants.models import Tenant
from smartseller.letter import Letter

TOPIC = "billing.coupon_refused"


def redeem_at_sign_up(tenant_id: UUID, code: str, *, today: date) -> None:
    """Redeem the coupon of a new shop, once, however often it is asked for. The last use may have gone to somebody else
    since it was offered: the shop is opened all the same, and its owner is written to before anything is owed.
    """
    if CouponUse.objects.filter(tenant=tenant_id, code=code.strip().upper()).exists():
        return
    try:
        redeem_coupon(tenant_id, code, today=today)
    except (CouponRefused, NoSubscription) as error:
        with transaction.atomic():
            record(
                "coupon_refused",
                resource_type="tenant",
                resource_id=tenant_id,
                tenant_id=tenant_id,
                new_values={"coupon": code, "reason": str(error)},
            )
            promise_mail(TOPIC, str(tenant_id), tenant_id=tenant_id, payload={"code": code, "why": str(error)})


def write(mail: PlatformMail, tenant: Tenant) -> Letter:
    return Letter(
        title=f"{tenant.name} is open, without the coupon {mail.payload['code']}",
        paragraphs=(str(mail.payload["why"]), "Nothing is owed before the trial is over: change the plan, or end it."),
        button="See your plan and bills",
        path=shop_url(tenant.slug, "/admin/plan/"),
    )


WRITERS[TOPIC] = write
