"""What points and tiers need every night."""

import logging
from datetime import datetime, timedelta

from celery import shared_task
from django.db.models import Exists, OuterRef
from django.utils import timezone

from platform_core.tenancy.tasks import TenantTask
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.loyalty.earn import earn_points
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.rules import loyalty_rules
from tenant_shop.loyalty.tiers import assign_tiers
from tenant_shop.orders.models import Order

logger = logging.getLogger(__name__)

ACTOR = "loyalty.upkeep"
# How far back orders are looked for that have not earned: those of a guest who opened an account since, or that became
# delivered by another way than the shop's verbs.
LOOK_BACK = timedelta(days=30)


def keep_loyalty(now: datetime) -> int:
    """Give points that are missing, then move customers whose tier has changed by the passing of time; how many moved.

    Nothing happens while the programme is off. An order that cannot be counted is logged and holds up no other.
    """
    settings = shop_settings()
    rules = loyalty_rules(settings.loyalty)
    if not rules.is_on:
        return 0
    earned = LoyaltyEntry.objects.filter(order=OuterRef("pk"), reason=LoyaltyEntry.Reason.EARNED)
    missing = Order.objects.filter(
        ~Exists(earned),
        status=Order.Status.DELIVERED,
        customer__isnull=False,
        is_test=False,
        currency=settings.currency,
        delivered_at__gte=max(rules.since, now - LOOK_BACK),
    )
    for order_id in list(missing.order_by("delivered_at", "pk").values_list("pk", flat=True)):
        try:
            earn_points(order_id, actor=ACTOR)
        except Exception:
            logger.exception("the points of order %s could not be given", order_id)
    return assign_tiers(rules, currency=settings.currency, at=now)


@shared_task(base=TenantTask, name="loyalty.upkeep")  # type: ignore[untyped-decorator]
def keep_loyalty_task() -> None:
    keep_loyalty(timezone.now())
