"""Making the changes of products that are due."""

import logging
from datetime import datetime
from uuid import UUID

from celery import shared_task
from django.db.models import Min
from django.utils import timezone

from platform_core.audit.record import record
from platform_core.plans.limits import PlanLimitReached
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.tasks import TenantTask
from platform_core.tenancy.transactions import after_commit, shop_transaction
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.publish import note_publication
from tenant_shop.catalog.room import check_product_room
from tenant_shop.catalog.scheduled.models import ScheduledChange

CHANGED = {
    ScheduledChange.Kind.PUBLISH: "Status",
    ScheduledChange.Kind.TAKE_OFF: "Status",
    ScheduledChange.Kind.PRICE: "Price",
}

logger = logging.getLogger(__name__)


def apply_due_changes(at: datetime) -> int:
    """Make every change that is due, oldest first, each in a transaction of its own; how many were made or refused.

    Two who do this at once make each change once. One that the merchant's plan refuses is kept with the reason, and
    not tried again.
    """
    made = 0
    while _apply_next(at):
        made += 1
    return made


def next_change(now: datetime) -> datetime | None:
    """When, after `now`, a change of a product is due next."""
    waiting = ScheduledChange.objects.filter(done_at=None, due_at__gt=now)
    moment: datetime | None = waiting.aggregate(next=Min("due_at"))["next"]
    return moment


def _apply_next(at: datetime) -> bool:
    with shop_transaction():
        due = ScheduledChange.objects.filter(done_at=None, due_at__lte=at).order_by("due_at", "id")
        change = due.select_for_update(skip_locked=True).first()
        if change is None:
            return False
        product = Product.objects.select_for_update(no_key=True).defer("variants").get(pk=change.product_id)
        try:
            _change(product, change, at=at)
        except PlanLimitReached as error:
            change.problem = str(error)
            logger.info("a scheduled change of %s was refused: %s", product.pk, error)
        else:
            after_commit(
                record,
                "change_product",
                resource_type="product",
                resource_id=product.pk,
                tenant_id=current_tenant().id,
                user_id=_user(change.actor),
                new_values={
                    "name": product.name,
                    "changes": [{"changed": {"fields": [f"{CHANGED[ScheduledChange.Kind(change.kind)]} (scheduled)"]}}],
                },
            )
        change.done_at = at
        change.save(update_fields=["done_at", "problem"])
    return True


def _change(product: Product, change: ScheduledChange, *, at: datetime) -> None:
    if change.kind == ScheduledChange.Kind.PRICE and change.price is not None:
        product.price, product.compare_at_price = change.price, change.compare_at_price
        product.save(update_fields=["price", "compare_at_price"])
        return
    if change.kind == ScheduledChange.Kind.PUBLISH:
        if product.status == Product.Status.ARCHIVED:
            check_product_room()
        product.status = Product.Status.ACTIVE
        note_publication(product, at=at)
    elif product.status == Product.Status.ACTIVE:  # a draft, or what is archived, stays what it is
        product.status = Product.Status.INACTIVE
    product.save(update_fields=["status", "published_at"])


def _user(actor: str | None) -> UUID | None:
    try:
        return UUID(actor or "")
    except ValueError:
        return None


@shared_task(base=TenantTask, name="catalog.apply_due_changes")  # type: ignore[untyped-decorator]
def apply_due_changes_task() -> None:
    apply_due_changes(timezone.now())
