"""Having a register confirm the tax ids of merchants: never while one waits, never inside a transaction."""

import logging
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from platform_core.audit.record import record
from platform_core.billing.errors import NothingToChange
from platform_core.billing.tax_ids.letters import tell_refused
from platform_core.billing.tax_ids.models import TaxIdCheck, TaxIdState
from platform_core.tenants.models import Tenant
from smartseller.tax_registers.errors import RegisterUnavailable
from smartseller.tax_registers.find import register_of

logger = logging.getLogger(__name__)

# What was confirmed is asked again after so long, as ids end with the companies; what was refused, too.
SAID_EVERY, REFUSED_EVERY = timedelta(days=30), timedelta(days=1)
SILENT_FOR = timedelta(hours=1)
OPERATOR = "operator"
BATCH = 200
# A register that is silent this often in a row is left alone until the next round.
MOST_SILENCES = 3


def note_tax_id(tenant: Tenant) -> None:
    """The locked merchant has this tax id from now on, in the caller's transaction: what was said of another one is
    forgotten, and the register is asked once that is committed."""
    tax_id = tenant.tax_id or ""
    if TaxIdCheck.objects.filter(tenant=tenant, tax_id=tax_id).exists():
        return
    TaxIdCheck.objects.filter(tenant=tenant).delete()
    if tax_id:
        TaxIdCheck.objects.create(tenant=tenant, tax_id=tax_id, due_at=timezone.now())
        transaction.on_commit(partial(_queue, str(tenant.pk)))


def check_tax_id(tenant_id: UUID, *, at: datetime) -> TaxIdState | None:
    """Ask the register about a merchant's tax id and keep what it says; None when nobody is to be asked, or it is
    another id by now. While the register is silent what is known stays, and the note says so.

    After commit: the merchant is written to when the id has come to be refused. Errors: RegisterUnavailable.
    """
    check = TaxIdCheck.objects.filter(tenant=tenant_id).first()
    register = register_of(check.tax_id) if check is not None else None
    if check is None or register is None or check.checked_by == OPERATOR:
        TaxIdCheck.objects.filter(tenant=tenant_id).update(due_at=None)
        return None
    try:
        answer = register.ask(check.tax_id)
    except RegisterUnavailable as error:
        TaxIdCheck.objects.filter(tenant=tenant_id, tax_id=check.tax_id).update(
            note=str(error)[:255], due_at=at + SILENT_FOR
        )
        raise
    words = " · ".join(part for part in (answer.name, answer.reference) if part)
    state = TaxIdState.CONFIRMED if answer.is_valid else TaxIdState.REFUSED
    return _keep(check, state, by=register.name, note=words, at=at)


def check_due(now: datetime) -> int:
    """Ask about the ids that are due, the longest first; how many answers came. Silence three times ends the round."""
    due = TaxIdCheck.objects.filter(due_at__lte=now).order_by("due_at").values_list("tenant", flat=True)
    answers = silences = 0
    for tenant_id in list(due[:BATCH]):
        try:
            answers += check_tax_id(tenant_id, at=now) is not None
            silences = 0
        except RegisterUnavailable as error:
            logger.warning("tax ids are checked later: %s", error)
            silences += 1
            if silences == MOST_SILENCES:
                break
    return answers


def judge_tax_id(tenant_id: UUID, state: TaxIdState, *, reason: str, at: datetime) -> None:
    """What an operator says of a merchant's tax id holds until it is another one: no register is asked again.

    Errors: NothingToChange without a tax id.
    """
    check = TaxIdCheck.objects.filter(tenant=tenant_id).first()
    if check is None:
        raise NothingToChange
    _keep(check, state, by=OPERATOR, note=reason, at=at)


def _keep(check: TaxIdCheck, state: TaxIdState, *, by: str, note: str, at: datetime) -> TaxIdState | None:
    again = at + (SAID_EVERY if state == TaxIdState.CONFIRMED else REFUSED_EVERY)
    with transaction.atomic():
        rows = TaxIdCheck.objects.select_for_update(no_key=True).filter(tenant=check.tenant_id, tax_id=check.tax_id)
        known = rows.first()
        # An operator who has spoken meanwhile is right.
        if known is None or (known.checked_by == OPERATOR and by != OPERATOR):
            return None
        before, known.state = known.state, state
        known.checked_at, known.checked_by, known.note = at, by, note[:255]
        known.due_at = None if by == OPERATOR else again
        known.save()
        if state != before:
            record(
                "check_tax_id",
                resource_type="tenant",
                resource_id=check.tenant_id,
                tenant_id=check.tenant_id,
                old_values={"state": before},
                new_values={"tax_id": known.tax_id, "state": state, "by": by, "note": known.note},
            )
            if state == TaxIdState.REFUSED:
                tell_refused(known)
    return state


def _queue(tenant_id: str) -> None:
    try:
        check_tax_id_task.delay(tenant_id)
    except OperationalError as error:
        logger.warning("the broker cannot be reached (%s); the tax id of %s waits for the round", error, tenant_id)


@shared_task(name="billing.check_tax_id")  # type: ignore[untyped-decorator]
def check_tax_id_task(tenant_id: str) -> None:
    """A silent register is asked again by the round."""
    try:
        check_tax_id(UUID(tenant_id), at=timezone.now())
    except RegisterUnavailable as error:
        logger.warning("the tax id of %s is checked later: %s", tenant_id, error)


@shared_task(name="billing.check_tax_ids")  # type: ignore[untyped-decorator]
def check_tax_ids_task() -> None:
    check_due(timezone.now())
