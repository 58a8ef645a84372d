"""From the outbox to those who want to hear: each event is told once, in an order that no reader can miss one of."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Max, Q

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.models import Product
from tenant_shop.integrations.catalogue import EVENT_TYPES, INTERNAL, LOW_STOCK, EventType
from tenant_shop.integrations.models import Event, OutboxEvent, Webhook, WebhookDelivery
from tenant_shop.integrations.representations import represented

BATCH = 200
# What cannot be represented is tried again, and holds nothing else up.
AGAIN_AFTER = timedelta(minutes=10)
# The name of the turn, among the advisory locks of the shop's own database.
TURN = "integrations.fan_out"
OURS = Q()
for _begins in INTERNAL:
    OURS |= Q(topic__startswith=_begins)

logger = logging.getLogger(__name__)


def fan_out(at: datetime, *, limit: int = BATCH) -> int:
    """Tell at most `limit` events of the outbox: number them, represent them, and queue one delivery for each endpoint
    that wants them. How many were worked off.

    One transaction, in turn: an event has its place behind all that are committed, so that whoever reads on from a
    place misses nothing. Nothing is sent here. A constant number of statements.
    """
    waiting = OutboxEvent.objects.exclude(OURS).filter(delivered_at=None, available_at__lte=at)
    if not waiting.exists():
        return 0
    with shop_transaction():
        wait_for_turn()
        rows = list(waiting.select_for_update(skip_locked=True, no_key=True).order_by("created_at", "pk")[:limit])
        if not rows:
            return 0
        events, unclear = _events(rows)
        last = Event.objects.aggregate(last=Max("position"))["last"] or 0
        for position, event in enumerate(events, start=last + 1):
            event.position = position
        Event.objects.bulk_create(events)
        WebhookDelivery.objects.bulk_create(_deliveries(events, at))
        OutboxEvent.objects.filter(pk__in=[row.pk for row in rows if row.pk not in unclear]).update(delivered_at=at)
        for pk, error in unclear.items():
            OutboxEvent.objects.filter(pk=pk).update(
                available_at=at + AGAIN_AFTER, attempts=F("attempts") + 1, last_error=error[:1000]
            )
    return len(rows)


def somebody_listens() -> bool:
    """Whether the shop has an endpoint, or a key with which events can be read: until then nothing is told."""
    with shop_connection().cursor() as cursor:
        cursor.execute("SELECT somebody_listens()")
        row = cursor.fetchone()
    return bool(row and row[0])


def skip(at: datetime) -> int:
    """Tell nobody what happened until now: nobody listens, or the plan has no API. One statement."""
    waiting = OutboxEvent.objects.exclude(OURS).filter(delivered_at=None, available_at__lte=at)
    return waiting.update(delivered_at=at)


def wait_for_turn() -> None:
    """Until the transaction ends nobody else gives events a position. One statement."""
    with shop_connection().cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [TURN])


def _events(rows: list[OutboxEvent]) -> tuple[list[Event], dict[UUID, str]]:
    """The events to tell, and what could not be represented, with the error. A topic that is none any more is passed
    over, and so is a change of what is gone."""
    known = ((row, EVENT_TYPES[row.topic], _subject(row.payload)) for row in rows if row.topic in EVENT_TYPES)
    wanted = _still_true(_coalesced(known))
    ids: dict[str, set[UUID]] = {}
    for _, event_type, subject in wanted:
        if subject is not None and not event_type.is_end:
            ids.setdefault(event_type.kind, set()).add(subject)
    looks: dict[str, dict[UUID, dict[str, Any]]] = {}
    failed: dict[str, str] = {}
    for kind, subjects in ids.items():
        try:
            with shop_transaction():
                looks[kind] = represented(kind, subjects)
        except Exception as error:
            logger.exception("events of %s could not be represented", kind)
            failed[kind] = f"{type(error).__name__}: {error}"
    events, unclear = [], {}
    for row, event_type, subject in wanted:
        if event_type.kind in failed and not event_type.is_end:
            unclear[row.pk] = failed[event_type.kind]
            continue
        look = looks.get(event_type.kind, {}).get(subject) if subject is not None else None
        if look is None and event_type.is_coalesced:
            continue  # It is gone, and its end is told. What goes with it changes it as it goes.
        data = row.payload if look is None or event_type.is_end else look
        events.append(Event(id=row.pk, type=row.topic, subject_id=subject, data=data, occurred_at=row.created_at))
    return events, unclear


Told = tuple[OutboxEvent, EventType, UUID | None]


def _coalesced(wanted: Iterable[Told]) -> list[Told]:
    """Of several changes of one object the last: all of them would carry what it is now."""
    kept: dict[object, Told] = {}
    for row, kind, subject in wanted:
        key = (kind.name, subject) if kind.is_coalesced and subject is not None else row.pk
        kept.pop(key, None)
        kept[key] = (row, kind, subject)
    return list(kept.values())


def _still_true(wanted: list[Told]) -> list[Told]:
    """Without products that run low no more: one that is made has no stock for a moment. One statement at most."""
    low = {told[2] for told in wanted if told[1].name == LOW_STOCK and told[2] is not None}
    if not low:
        return wanted
    still = set(Product.objects.filter(pk__in=low, runs_low=True).values_list("pk", flat=True))
    return [told for told in wanted if told[1].name != LOW_STOCK or told[2] in still]


def _subject(payload: dict[str, Any]) -> UUID | None:
    found = payload.get("id") or payload.get("customer_id")
    try:
        return UUID(str(found)) if found else None
    except ValueError:
        return None


def _deliveries(events: list[Event], at: datetime) -> list[WebhookDelivery]:
    """Who is switched off, or came later, hears nothing of it."""
    endpoints = list(Webhook.objects.filter(is_active=True))
    return [
        WebhookDelivery(webhook=endpoint, event=event, next_attempt_at=at)
        for event in events
        for endpoint in endpoints
        if event.type in endpoint.events and endpoint.created_at <= event.occurred_at
    ]
