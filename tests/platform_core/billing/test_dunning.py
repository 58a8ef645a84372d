"""Merchants who do not pay: reminded, past due, closed for a while, closed for good; and what paying undoes."""

from __future__ import annotations

import json
import signal
from datetime import date, timedelta
from decimal import Decimal
from smtplib import SMTPException
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from platform_core.billing import dunning
from platform_core.billing.dunning import dunning_run
from platform_core.billing.mark_paid import mark_paid
from platform_core.billing.models import BillingInvoice, TenantSubscription
from platform_core.billing.run import billing_run, billing_run_task
from platform_core.mails.models import PlatformMail
from platform_core.mails.send import send_waiting
from platform_core.tenants.models import Tenant
from platform_core.tenants.suspend import suspend_tenant
from tests.platform_core.billing.conftest import Merchant
from tests.platform_core.fleet.children import die, in_child

ISSUED, DUE = date(2026, 1, 15), date(2026, 1, 29)


def night(day: date) -> list[tuple[str, str]]:
    assert [billed.error for billed in billing_run(day) if billed.error] == []
    return [(step.slug, step.topic) for step in dunning_run(day)]


def after(days: int) -> date:
    return DUE + timedelta(days=days)


def standing() -> tuple[str, str]:
    return TenantSubscription.objects.get().status, Tenant.objects.get().status


def sent() -> list[str]:
    """The subjects of the mails that go out now."""
    mail.outbox.clear()
    send_waiting(timezone.now())
    return [each.subject for each in mail.outbox]


@pytest.fixture
def acme(merchant: Merchant) -> Tenant:
    """Billed once a year, so that one invoice is followed."""
    made = merchant()
    TenantSubscription.objects.update(billing_cycle="annual", amount=Decimal(300))
    assert night(ISSUED) == []
    return made


def test_whoever_never_pays_is_reminded_then_past_due_then_closed_and_closed_for_good(acme: Tenant) -> None:
    seen: list[tuple[int, str, tuple[str, str]]] = []
    for days in range(-14, 60):
        seen += [(days, topic.removeprefix("billing."), standing()) for _, topic in night(after(days))]
        assert night(after(days)) == []
    assert seen == [
        (1, "reminder", ("active", "active")),
        (3, "reminder", ("active", "active")),
        (5, "reminder", ("active", "active")),
        (7, "reminder", ("active", "active")),
        (8, "past_due", ("past_due", "active")),
        (15, "suspended", ("suspended", "suspended")),
        (31, "closed", ("cancelled", "cancelled")),
    ]
    assert PlatformMail.objects.filter(tenant=acme).count() == 8
    assert BillingInvoice.objects.count() == 1


def test_after_missed_nights_whoever_was_warned_has_the_time_that_the_mail_said(acme: Tenant) -> None:
    assert night(after(40)) == [("acme", "billing.past_due")]
    assert [night(after(days)) for days in range(41, 47)] == [[]] * 6
    assert night(after(47)) == [("acme", "billing.suspended")]
    assert [night(after(days)) for days in range(48, 63)] == [[]] * 15
    assert night(after(63)) == [("acme", "billing.closed")]


def test_missed_reminders_are_one_mail(acme: Tenant) -> None:
    assert night(after(6)) == [("acme", "billing.reminder")]
    assert night(after(6)) == []
    assert PlatformMail.objects.filter(topic="billing.reminder").count() == 1


@pytest.mark.parametrize(("paid_after", "status"), [(10, "past_due"), (20, "suspended")])
def test_money_that_comes_late_makes_everything_good(acme: Tenant, paid_after: int, status: str) -> None:
    for days in range(paid_after + 1):
        night(after(days))
    assert standing()[0] == status
    mark_paid("SS-2026-000001", on=after(paid_after), today=after(paid_after))
    assert standing() == ("active", "active")
    assert [night(after(days)) for days in range(paid_after, 60)] == [[]] * (60 - paid_after)


def test_days_on_which_the_shop_was_closed_are_not_billed(merchant: Merchant) -> None:
    merchant()
    for days in range(-14, 28):  # the second month is billed on 15 February, the shop closed on the 13th
        night(after(days))
    assert standing() == ("suspended", "suspended")
    opened = after(28)
    mark_paid("SS-2026-000001", on=after(20), today=opened)  # the bank had it for a while
    assert standing() == ("active", "active")
    night(opened)
    newest = BillingInvoice.objects.latest("invoice_number")
    assert (newest.period_start, newest.period_end) == (date(2026, 2, 26), date(2026, 3, 25))
    assert BillingInvoice.objects.count() == 2


@pytest.mark.parametrize("paid_after", [10, 20])
def test_a_shop_that_an_operator_closed_is_not_opened_by_money(acme: Tenant, paid_after: int) -> None:
    suspend_tenant(acme.pk, reason="it sells what it must not")
    for days in range(paid_after + 1):
        night(after(days))
    mark_paid("SS-2026-000001", on=after(paid_after), today=after(paid_after))
    assert standing() == ("active", "suspended")


def test_a_second_open_invoice_keeps_the_shop_past_due(merchant: Merchant) -> None:
    merchant()
    for days in range(-14, 1):
        night(after(days))
    BillingInvoice.objects.filter(invoice_number="SS-2026-000001").get()
    for days in range(1, 10):
        night(after(days))
    second = BillingInvoice.objects.create(
        tenant=Tenant.objects.get(), invoice_number="X-2", subtotal=5, total_amount=5, issued_date=ISSUED, due_date=DUE
    )
    mark_paid("SS-2026-000001", on=after(10), today=after(10))
    assert standing() == ("past_due", "active")
    mark_paid(second.invoice_number, on=after(10), today=after(10))
    assert standing() == ("active", "active")


def test_mails_go_to_the_address_for_bills_and_say_what_to_do(acme: Tenant) -> None:
    Tenant.objects.update(billing_email="books@acme.example")
    assert sent() == ["Invoice SS-2026-000001 for Acme"]
    [letter] = mail.outbox
    assert letter.to == ["books@acme.example"]
    for text in (letter.body, str(letter.alternatives[0][0])):  # type: ignore[attr-defined]
        assert "$300.00 from 15 January 2026 to 14 January 2027, due on 29 January 2026." in text
        assert "http://acme.localhost:8000/admin/plan/" in text
        assert "Please name the number SS-2026-000001" in text
    assert sent() == []
    night(after(1))
    assert sent() == ["Invoice SS-2026-000001 is overdue"]


def test_a_reminder_that_waits_is_not_sent_once_the_money_is_here(acme: Tenant) -> None:
    sent()
    night(after(1))
    mark_paid("SS-2026-000001", on=after(1), today=after(1))
    assert sent() == ["Thank you: invoice SS-2026-000001 is paid"]


def test_a_mail_server_that_is_down_loses_no_mail(acme: Tenant) -> None:
    with mock.patch("django.core.mail.EmailMultiAlternatives.send", side_effect=SMTPException("no")):
        assert sent() == []
    waiting = PlatformMail.objects.get()
    assert (waiting.attempts, waiting.last_error, waiting.delivered_at) == (1, "SMTPException: no", None)
    PlatformMail.objects.update(available_at=timezone.now())
    assert sent() == ["Invoice SS-2026-000001 for Acme"]


def test_a_shop_that_cannot_be_followed_holds_no_other_up(merchant: Merchant) -> None:
    for slug in ("acme", "brick"):
        merchant(slug)
    night(ISSUED)
    original: Any = Tenant.objects.get
    from platform_core.billing import dunning

    take = dunning.take_step

    def fails_for_acme(tenant_id: Any, today: date) -> Any:
        if original(pk=tenant_id).slug == "acme":
            raise RuntimeError("no")
        return take(tenant_id, today)

    with mock.patch.object(dunning, "take_step", fails_for_acme):
        steps = list(dunning_run(after(1)))
    assert [(step.slug, step.topic, step.error is None) for step in steps] == [
        ("acme", "", False), ("brick", "billing.reminder", True),
    ]  # fmt: skip


@pytest.mark.parametrize("at", ["become", "close_for_bills", "tell", "record"])
def test_a_run_that_is_killed_at_a_step_takes_it_once_when_it_is_done_again(acme: Tenant, at: str) -> None:
    day = date(2026, 1, 29) + timedelta(days=8)
    list(dunning_run(day))  # past due
    day += timedelta(days=7)
    original = getattr(dunning, at)

    def dies(*args: Any, **how: Any) -> Any:
        original(*args, **how)
        die()

    def work() -> None:
        with mock.patch.object(dunning, at, dies):
            list(dunning_run(day))

    before = PlatformMail.objects.count()
    assert in_child(work) == signal.SIGKILL
    assert (Tenant.objects.get().status, PlatformMail.objects.count()) == ("active", before)
    assert [step.topic for step in dunning_run(day)] == ["billing.suspended"]
    assert list(dunning_run(day)) == []
    assert (Tenant.objects.get().status, PlatformMail.objects.count()) == ("suspended", before + 1)


def test_the_nightly_task_bills_and_follows(merchant: Merchant) -> None:
    merchant(begins=timezone.now().date() - timedelta(days=14))
    billing_run_task()
    billing_run_task()
    assert BillingInvoice.objects.count() == 1


def test_operators_list_invoices_and_note_that_one_is_paid(acme: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("invoices", "list", "--open", "--tenant", "acme", "--json")
    assert json.loads(capsys.readouterr().out) == [
        {
            "invoice": "SS-2026-000001", "shop": "acme", "status": "pending", "total": "300.000 USD",
            "issued": "2026-01-15", "due": "2026-01-29", "paid": "", "card": "",
        }
    ]  # fmt: skip
    call_command("invoices", "paid", "SS-2026-000001", "--on", "2026-01-20", "--reference", "SEPA 4711")
    assert BillingInvoice.objects.get().external_payment_id == "SEPA 4711"
    call_command("invoices", "list", "--open", "--json")
    assert "2026-01-20" in capsys.readouterr().out
    for wrong in (["SS-2026-000001"], ["SS-1"], ["SS-2026-000001", "--on", "2999-01-01"]):
        with pytest.raises(CommandError):
            call_command("invoices", "paid", *wrong)
