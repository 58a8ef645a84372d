"""Writing to merchants who use most of what their plan includes, and all of it."""

from datetime import date

from django.db import transaction

from platform_core.mails.models import PlatformMail
from platform_core.mails.promise import promise_mail
from platform_core.mails.send import WRITERS
from platform_core.metrics.usage import FULL, Used, level_of, recorded_use
from platform_core.plans.limits import Limited
from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.hosts import shop_url
from platform_core.tenants.models import Tenant
from smartseller.letter import Letter

TOPIC = "plans.use"
# Calls come and go within an hour: `warn_calls` writes while they do.
LEFT_OUT = Limited.API_CALLS_PER_HOUR


def warn_of_plan(shop: TenantInfo, day: date) -> bool:
    """Promise a mail when more things have reached 80 % of what the plan includes, or all of it, than it has been
    written about; whether one was promised. Asked when `day` is over in the shop: orders are those of its calendar
    month, so that those of a month's last day count. Not for sandboxes.

    The statements of `recorded_use`, and two more when something has.
    """
    if shop.is_sandbox:
        return False
    use = recorded_use(shop.id, shop.plan_terms, day)
    tight = [(each, _level(each)) for each in use.used if each.what is not LEFT_OUT and _level(each)]
    if not tight:
        return False
    month = f"{day:%Y-%m}"
    reached = " ".join(
        f"{each.what.name}:{level}{month if each.what is Limited.ORDERS_PER_MONTH else ''}" for each, level in tight
    )
    lines = [f"{each.used:,} of {each.included:,} {each.what.value}." for each, _ in tight]
    beyond = [each.what.value for each, level in tight if level == FULL and each.what.is_refused_beyond]
    payload = {"plan": use.plan, "lines": lines, "refused": beyond, "is_full": any(level == FULL for _, level in tight)}
    with transaction.atomic():
        return promise_mail(TOPIC, f"{shop.id} {reached}", tenant_id=shop.id, payload=payload)


def write(mail: PlatformMail, tenant: Tenant) -> Letter:
    told = mail.payload
    how_much = "used up" if told["is_full"] else "nearly used up"
    refused = f"No more can be added of: {', '.join(told['refused'])}." if told["refused"] else ""
    return Letter(
        title=f"{tenant.name} has {how_much} what its plan includes",
        paragraphs=(
            f"Of what the plan {told['plan']} includes, this is used:",
            *told["lines"],
            *((refused,) if refused else ()),
            "Orders and customers beyond a plan are never refused. A larger plan has more room.",
        ),
        button="See your plan",
        path=shop_url(tenant.slug, "/admin/plan/"),
    )


def _level(used: Used) -> int:
    """80 or 100, the percentage that is reached; 0 below, and of what is unlimited or not counted."""
    return level_of(used.used, used.included) if used.included and used.used is not None else 0


WRITERS[TOPIC] = write
