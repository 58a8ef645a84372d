"""Having a register confirm a tax id: never while a shopper waits, never inside a transaction."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from celery import Task, shared_task
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from platform_core.tenancy.tasks import TenantTask
from platform_core.tenancy.transactions import after_commit, shop_transaction
from smartseller.tax_registers.errors import RegisterUnavailable
from smartseller.tax_registers.find import register_of
from tenant_shop.companies.models import Company
from tenant_shop.companies.tell_merchant import News, tell_merchant
from tenant_shop.payments.rounds import one_round

logger = logging.getLogger(__name__)

State = Company.TaxIdState
BATCH = 200
# What was confirmed is asked again after so long; what was not, every night.
CONFIRMED_FOR = timedelta(days=7)
# A register that is silent this often in a row is left alone for the night.
MOST_SILENCES = 3


def check_tax_id(company_id: UUID) -> State | None:
    """Ask the register about a company's tax id and keep what it says; None when nobody is to be asked.

    What a person has said of the id is not asked again. The answer counts for the id that was asked about: when it is
    another one by now, nothing is kept. While the register is silent the id stays as it is, and its note says so.
    After commit: the merchant is written to when the register has come to refuse the id.
    Errors: RegisterUnavailable, once that is noted.
    """
    company = Company.objects.filter(pk=company_id).first()
    register = register_of(company.tax_id) if company is not None else None
    if company is None or register is None or company.tax_id_checked_by not in ("", register.name):
        return None
    try:
        answer = register.ask(company.tax_id)
    except RegisterUnavailable as error:
        logger.warning("the tax id of company %s could not be confirmed: %s", company.pk, error)
        _unchanged(company).update(tax_id_note=str(error)[:255])
        raise
    state = State.CONFIRMED if answer.is_valid else State.REFUSED
    with shop_transaction():
        kept = _unchanged(company).update(
            tax_id_state=state,
            tax_id_checked_at=timezone.now(),
            tax_id_checked_by=register.name,
            tax_id_note=" · ".join(part for part in (answer.name, answer.reference) if part)[:255],
        )
        if kept and state == State.REFUSED and company.tax_id_state != State.REFUSED:
            tell_merchant(company, News.TAX_ID_REFUSED)
    return state if kept else None


def ask_soon(company: Company) -> None:
    """Have the register asked once the caller has committed; the nightly round finds what a lost message forgets."""
    if register_of(company.tax_id) is not None:
        after_commit(_queue, str(company.pk))


def ask_again(now: datetime) -> int:
    """Ask about the ids that were never confirmed, or not for a week, the longest unasked first; how many answers came.

    At most 200, and no more once the register stays silent three times in a row.
    """
    old = Q(tax_id_checked_at=None) | ~Q(tax_id_state=State.CONFIRMED) | Q(tax_id_checked_at__lte=now - CONFIRMED_FOR)
    due = Company.objects.filter(old, tax_id_state__in=[State.FORMAT_OK, State.CONFIRMED, State.REFUSED])
    due = due.exclude(status=Company.Status.BLOCKED).order_by(F("tax_id_checked_at").asc(nulls_first=True), "pk")
    answers = silences = 0
    for company_id in one_round(list(due.values_list("pk", flat=True)[:BATCH])):
        try:
            answers += check_tax_id(company_id) is not None
            silences = 0
        except RegisterUnavailable:
            silences += 1
            if silences == MOST_SILENCES:
                break
    return answers


def _unchanged(company: Company) -> QuerySet[Company]:
    """The row, if its id is still the one that was read and nobody has said anything of it since."""
    return Company.objects.filter(pk=company.pk, tax_id=company.tax_id, tax_id_checked_by=company.tax_id_checked_by)


def _queue(company_id: str) -> None:
    try:
        check_tax_id_task.delay(company_id)
    except OperationalError as error:
        logger.warning("the broker cannot be reached (%s); the tax id of %s waits for the night", error, company_id)


@shared_task(
    base=TenantTask,
    bind=True,
    name="companies.check_tax_id",
    autoretry_for=(RegisterUnavailable,),
    retry_backoff=60,
    retry_backoff_max=3600,
    max_retries=6,
)  # type: ignore[untyped-decorator]
def check_tax_id_task(task: Task[[str], None], company_id: str) -> None:
    """Of a register that stays silent to the last attempt the merchant is told, once; the nights go on asking."""
    try:
        check_tax_id(UUID(company_id))
    except RegisterUnavailable:
        if task.request.retries >= (task.max_retries or 0):
            with shop_transaction():
                tell_merchant(Company.objects.get(pk=company_id), News.TAX_ID_OPEN)
        raise


@shared_task(base=TenantTask, name="companies.ask_again")  # type: ignore[untyped-decorator]
def ask_again_task() -> None:
    ask_again(timezone.now())
