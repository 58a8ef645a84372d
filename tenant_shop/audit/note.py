"""Writing down what one of the shop's people did, in the transaction in which it is done."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from celery import shared_task
from django.db import DatabaseError, InterfaceError, connections
from django.utils import timezone

from platform_core.audit.origin import Origin
from platform_core.audit.record import record
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.tasks import TenantTask
from platform_core.tenancy.transactions import after_commit
from smartseller.observability.request_id import current_request_id
from tenant_shop.audit.mask import is_personal, masked, masked_words
from tenant_shop.integrations.lease import due_events
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.integrations.record import record_event

logger = logging.getLogger(__name__)

TOPIC = "audit.entry"
BATCH = 500


class NotInTransaction(RuntimeError):
    """An entry outside of the transaction of what it tells: a mistake of ours, that a killed process would show."""

    def __init__(self, action: str) -> None:
        self.action = action
        super().__init__(f"the audit entry {action} is to be written in the transaction that does it")


def note(
    origin: Origin,
    action: str,
    *,
    resource_type: str,
    resource_id: UUID | None = None,
    name: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    changes: Sequence[Any] = (),
) -> None:
    """Have the audit log keep that `origin` did `action`, with the values before and after by field.

    `name` is what people call the object, `changes` are Django's words for what was done. Secrets and what tells of a
    customer are masked. The entry exists if and only if the caller's transaction commits: it is an event of the outbox
    until the platform's database has it. One statement.
    Errors: NotInTransaction outside of a transaction, in which nothing that was done could share the entry's fate.
    """
    if not connections[current_tenant().alias].in_atomic_block:
        raise NotInTransaction(action)
    event = record_event(
        TOPIC,
        {
            "action": action,
            "resource_type": resource_type,
            "resource_id": None if resource_id is None else str(resource_id),
            "user_id": None if origin.user_id is None else str(origin.user_id),
            "old_values": masked(resource_type, before) if before else None,
            "new_values": masked(resource_type, after) if after else None,
            "metadata": {
                **({} if is_personal(resource_type) or not name else {"name": name}),
                **({"changes": masked_words(resource_type, list(changes))} if changes else {}),
                **origin.marks,
            },
            "ip_address": origin.ip_address,
            "user_agent": origin.user_agent,
            "request_id": current_request_id() or None,
        },
    )
    after_commit(_tell, event.pk)


def deliver_entries(now: datetime) -> int:
    """Tell the platform what it could not be told at once; how many entries."""
    return sum(_deliver(event_id) for event_id in due_events(TOPIC, at=now, limit=BATCH))


def _tell(event_id: UUID) -> None:
    """At once, so that whoever looks at the log next sees it; when the platform is down, the recurring job does it."""
    try:
        _deliver(event_id)
    except (DatabaseError, InterfaceError) as error:
        logger.warning("the audit entry %s of %s waits in the outbox: %s", event_id, current_tenant().slug, error)


def _deliver(event_id: UUID) -> bool:
    """Twice at the same moment writes one entry, under the event's own id. The event, which tells the same, goes."""
    event = OutboxEvent.objects.filter(pk=event_id, delivered_at=None).first()
    if event is None:
        return False
    facts = event.payload
    record(
        facts["action"],
        resource_type=facts["resource_type"],
        resource_id=None if facts["resource_id"] is None else UUID(facts["resource_id"]),
        tenant_id=current_tenant().id,
        user_id=None if facts["user_id"] is None else UUID(facts["user_id"]),
        old_values=facts["old_values"],
        new_values=facts["new_values"],
        metadata=facts["metadata"],
        ip_address=facts["ip_address"],
        user_agent=facts["user_agent"],
        request_id=facts.get("request_id"),
        entry_id=event.pk,
        at=event.created_at,
    )
    event.delete()
    return True


@shared_task(base=TenantTask, name="audit.deliver_entries")  # type: ignore[untyped-decorator]
def deliver_entries_task() -> None:
    deliver_entries(timezone.now())
