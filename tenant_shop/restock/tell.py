"""Telling the waiting, in the order in which they asked."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from platform_core.tenancy.tasks import TenantTask
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.integrations.lease import due_events
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.restock.mail import TOPIC, send_notice
from tenant_shop.restock.models import StockAlert

# A mail reserves nothing. Whoever asked first is told first, so many for each piece in a round; the others follow with
# the next one, if there is still something left. A round is a little shorter than the time between two of the jobs.
TOLD_FOR_EACH_PIECE = 10
ROUND = timedelta(minutes=9)
MOST_FOR_A_VARIANT = 200
BATCH = 500
# An address is not kept longer than it is of use.
FORGOTTEN_AFTER = timedelta(days=30)


def tell_waiting(now: datetime, *, variant_ids: Collection[UUID] | None = None) -> int:
    """Promise a mail to those whose turn it is, for `variant_ids` or for everything, and send what is due; how many
    were sent.

    A promise is a row in the outbox, written with the mark on the alert in one transaction: nobody is told twice for
    asking once, however often and wherever this runs, and a worker that dies leaves its work to the next round.
    """
    for variant_id, turns in _variants_back(variant_ids):
        _promise(variant_id, turns, now)
    if variant_ids is None:
        StockAlert.objects.filter(notified_at__lt=now - FORGOTTEN_AFTER).delete()
    return sum(send_notice(event_id) for event_id in due_events(TOPIC, at=now, limit=BATCH))


def _variants_back(variant_ids: Collection[UUID] | None) -> list[tuple[UUID, int]]:
    """The variants that somebody waits for and that can be bought, with how many people may be told in a round."""
    waiting = StockAlert.objects.waiting().order_by()
    if variant_ids is not None:
        waiting = waiting.filter(variant__in=variant_ids)
    rows = (
        ProductVariant.objects.buyable()
        .filter(pk__in=waiting.values("variant"))
        .order_by("pk")
        .values_list("pk", "inventory_quantity", "product__track_inventory", "product__allow_backorder")
    )
    return [
        (pk, min(pieces * TOLD_FOR_EACH_PIECE, MOST_FOR_A_VARIANT) if counted and not ordered else MOST_FOR_A_VARIANT)
        for pk, pieces, counted, ordered in rows
    ]


def _promise(variant_id: UUID, turns: int, now: datetime) -> None:
    with shop_transaction():
        waiting = StockAlert.objects.waiting().filter(variant=variant_id).order_by("created_at", "pk")
        # Another worker at the same variant is waited for here; what it has promised is counted after that.
        alerts = list(waiting.select_for_update().values_list("pk", flat=True)[:turns])
        told = StockAlert.objects.filter(variant=variant_id, notified_at__gt=now - ROUND).count()
        alerts = alerts[: max(turns - told, 0)]
        StockAlert.objects.filter(pk__in=alerts).update(notified_at=now)
        OutboxEvent.objects.bulk_create(
            OutboxEvent(topic=TOPIC, payload={"alert_id": str(alert_id)}, available_at=now) for alert_id in alerts
        )


@shared_task(base=TenantTask, name="restock.tell_waiting")  # type: ignore[untyped-decorator]
def tell_waiting_task(variant_ids: list[str] | None = None) -> None:
    tell_waiting(timezone.now(), variant_ids=None if variant_ids is None else [UUID(pk) for pk in variant_ids])
