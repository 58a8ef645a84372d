"""Tax ids of merchants: asked about at a register, and no tax is left out before it has answered."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from platform_core.billing.details import BillingDetails, change_billing_details
from platform_core.billing.errors import TaxIdNotValid
from platform_core.billing.models import BillingInvoice
from platform_core.billing.run import billing_run
from platform_core.billing.tax_ids.check import SAID_EVERY, check_due, check_tax_id, check_tax_id_task
from platform_core.billing.tax_ids.models import TaxIdCheck
from platform_core.billing.tax_ids.read import said_of
from platform_core.configuration.models import PlatformSetting
from platform_core.tenants.models import Tenant
from smartseller.tax_registers.errors import RegisterUnavailable
from smartseller.tax_registers.vies import Vies
from tests.platform_core.accounts.posting import mails
from tests.platform_core.billing.conftest import PAID, Merchant
from tests.tax_register import Register, playing

ID, OTHER = "ATU13585627", "ATU38516405"


@pytest.fixture
def register(settings: Any) -> Iterator[Register]:
    with playing() as played:
        settings.VIES_URL = played.url
        yield played


@pytest.fixture
def acme(merchant: Merchant) -> Tenant:
    """An Austrian merchant of a German platform, who has given a tax id."""
    rates = {"country": "DE", "rates": {"DE": "0.19", "AT": "0.20"}}
    PlatformSetting.objects.create(key="billing.taxes", value=rates)
    shop = merchant(country="AT")
    give(shop)
    return shop


def give(shop: Tenant, tax_id: str = ID) -> None:
    with mock.patch.object(check_tax_id_task, "delay"):
        details = BillingDetails(email="", country="AT", address={}, tax_id=tax_id)
        change_billing_details(shop.pk, details)


def taxed() -> list[tuple[str, bool]]:
    list(billing_run(PAID))
    return [(f"{each.tax_amount:.2f}", each.reverse_charge) for each in BillingInvoice.objects.all()]


def test_before_the_register_has_answered_there_is_tax(register: Register, acme: Tenant) -> None:
    assert (TaxIdCheck.objects.get().state, register.asked) == ("unchecked", [])
    assert said_of(acme.pk).startswith("not checked")
    assert taxed() == [("6.00", False)]


def test_what_it_knows_is_confirmed_and_the_merchant_owes_the_tax(register: Register, acme: Tenant) -> None:
    now = timezone.now()
    assert check_due(now) == 1
    check = TaxIdCheck.objects.get()
    assert (check.state, check.checked_by, check.note) == ("confirmed", "VIES", "Example GmbH · WAPIAAAAY1")
    assert taxed() == [("0.00", True)]
    assert [check_due(now), check_due(now + SAID_EVERY)] == [0, 1]


def test_what_it_does_not_know_is_refused_and_told_once(register: Register, acme: Tenant) -> None:
    register.says(valid=False)
    now = timezone.now()
    assert [check_due(now), check_due(now + timedelta(days=1, minutes=1))] == [1, 1]
    assert [each.subject for each in mails()] == [f"The tax id {ID} is not known"]
    assert taxed() == [("6.00", False)]


@pytest.mark.parametrize(
    "answer",
    [
        (503, "<html>"),
        (200, json.dumps({"actionSucceed": False, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]})),
        (200, "[]"),
    ],
)
def test_silence_and_nonsense_change_nothing_and_it_is_asked_again_later(
    register: Register, acme: Tenant, answer: tuple[int, str]
) -> None:
    now = timezone.now()
    check_due(now)
    good, register.answer = register.answer, answer
    later = now + SAID_EVERY
    assert check_due(later) == 0
    check = TaxIdCheck.objects.get()
    assert (check.state, check.due_at) == ("confirmed", later + timedelta(hours=1))
    assert check.note.startswith("VIES did not answer")
    register.answer = good
    assert check_due(later + timedelta(hours=1)) == 1


def test_nobody_there_is_silence_too_and_no_transaction_is_open_meanwhile(acme: Tenant, settings: Any) -> None:
    settings.VIES_URL = "http://127.0.0.1:9"
    seen, original = [], Vies.ask

    def watched(*args: Any) -> Any:
        seen.append(connection.in_atomic_block)
        return original(*args)

    with mock.patch.object(Vies, "ask", watched), pytest.raises(RegisterUnavailable):
        check_tax_id(acme.pk, at=timezone.now())
    assert (seen, TaxIdCheck.objects.get().state) == ([False], "unchecked")


def test_another_id_begins_anew_also_while_the_register_is_asked_about_the_first(
    register: Register, acme: Tenant
) -> None:
    original = Vies.ask

    def meanwhile(*args: Any) -> Any:
        give(acme, OTHER)
        return original(*args)

    with mock.patch.object(Vies, "ask", meanwhile):
        assert check_tax_id(acme.pk, at=timezone.now()) is None
    check = TaxIdCheck.objects.get()
    assert (check.tax_id, check.state) == (OTHER, "unchecked")
    give(acme, "")
    assert not TaxIdCheck.objects.exists()


def test_digits_that_do_not_add_up_are_refused_at_once_and_nothing_changes(acme: Tenant) -> None:
    with pytest.raises(TaxIdNotValid):
        give(acme, "ATU13585628")
    assert (Tenant.objects.get().tax_id, TaxIdCheck.objects.get().tax_id) == (ID, ID)


def test_what_an_operator_says_holds_without_a_register_and_against_it(acme: Tenant, settings: Any) -> None:
    assert check_due(timezone.now()) == 0  # there is no register to ask
    call_command("tax_ids", "confirm", "acme", "--reason", "seen the paper", "--json", stdout=io.StringIO())
    assert taxed() == [("0.00", True)]
    with playing() as register:
        settings.VIES_URL = register.url
        register.says(valid=False)
        assert check_tax_id(acme.pk, at=timezone.now()) is None
        assert (TaxIdCheck.objects.get().state, register.asked) == ("confirmed", [])
    with pytest.raises(CommandError, match="has no tax id"):
        call_command("tax_ids", "refuse", "nobody", "--reason", "x")


def test_what_was_issued_before_the_answer_keeps_its_tax(register: Register, acme: Tenant) -> None:
    assert taxed() == [("6.00", False)]
    check_due(timezone.now())
    list(billing_run(date(2026, 2, 15)))
    assert [each.reverse_charge for each in BillingInvoice.objects.order_by("invoice_number")] == [False, True]
