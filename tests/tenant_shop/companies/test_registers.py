"""Having tax ids confirmed: by a register that may be silent, slow or confused, and by hand."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from smartseller.tax_registers import vies
from smartseller.tax_registers.errors import RegisterUnavailable
from smartseller.tax_registers.vies import Vies
from tenant_shop.companies import check_tax_id as asking
from tenant_shop.companies.check_tax_id import ask_again, check_tax_id
from tenant_shop.companies.errors import InvalidTaxId
from tenant_shop.companies.models import Company, CompanyMember
from tenant_shop.companies.tax_id_by_hand import change_tax_id, judge_tax_id
from tests.accounts import account
from tests.companies import AT_ID, DE_ID, FR_ID, VIENNA, company_of, membership, ordered_by
from tests.shopping import configure, stocked
from tests.tax_register import GOOD, Register, playing


@pytest.fixture
def register(settings: Any) -> Iterator[Register]:
    with playing() as played:
        settings.VIES_URL = played.url
        yield played


@pytest.fixture
def company() -> Company:
    return company_of(account(), country="AT", tax_id=AT_ID, tax_id_state="format_ok")


def known(company: Company) -> tuple[str, str, str]:
    company.refresh_from_db()
    return company.tax_id_state, company.tax_id_checked_by, company.tax_id_note


def test_what_the_register_knows_is_confirmed(register: Register, company: Company) -> None:
    before = timezone.now()
    assert check_tax_id(company.pk) == "confirmed"
    assert register.asked == [("/check-vat-number", {"countryCode": "AT", "vatNumber": "U13585627"})]
    assert known(company) == ("confirmed", "VIES", "Example GmbH · WAPIAAAAY1")
    assert company.tax_id_checked_at is not None
    assert company.tax_id_checked_at >= before


def test_what_it_does_not_know_is_refused(register: Register, company: Company) -> None:
    register.answer = (200, json.dumps({**GOOD, "valid": False, "name": "---"}))
    assert check_tax_id(company.pk) == "refused"
    assert known(company) == ("refused", "VIES", "WAPIAAAAY1")


FAULTS = {
    "its country is silent": (
        200,
        json.dumps({"actionSucceed": False, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]}),
        "VIES did not answer: MS_UNAVAILABLE",
    ),
    "too many ask": (
        500,
        json.dumps({"actionSucceed": False, "errorWrappers": [{"error": "MS_MAX_CONCURRENT_REQ"}]}),
        "VIES did not answer: MS_MAX_CONCURRENT_REQ",
    ),
    "it is broken": (503, "<html>Service Unavailable</html>", "VIES did not answer: status 503, no JSON"),
    "it is broken politely": (503, "{}", "VIES did not answer: status 503"),
    "it leads elsewhere": (302, json.dumps(GOOD), "VIES did not answer: status 302"),
    "it answers a list": (200, "[]", "VIES did not answer: status 200"),
    "it does not say": (
        200,
        json.dumps({**GOOD, "valid": "true"}),
        "VIES did not answer: its answer is not about this number",
    ),
    "it speaks of another": (
        200,
        json.dumps({**GOOD, "vatNumber": "U99999999"}),
        "VIES did not answer: its answer is not about this number",
    ),
    "it has no end": (200, json.dumps(GOOD) + " " * 70_000, "VIES did not answer: its answer has no end"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_clear_answer_leaves_the_id_as_it_is_and_says_so(register: Register, company: Company, fault: str) -> None:
    status, body, note = FAULTS[fault]
    register.answer = (status, body)
    with pytest.raises(RegisterUnavailable):
        check_tax_id(company.pk)
    assert known(company) == ("format_ok", "", note)
    assert len(register.asked) == 1


def test_a_register_that_stalls_is_not_waited_for(
    register: Register, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vies, "READ_SECONDS", 0.05)
    register.drips.set()
    with pytest.raises(RegisterUnavailable):
        check_tax_id(company.pk)
    assert known(company)[:2] == ("format_ok", "")


def test_a_register_that_is_not_there(settings: Any, company: Company) -> None:
    settings.VIES_URL = "http://127.0.0.1:9"  # nobody listens there
    with pytest.raises(RegisterUnavailable):
        check_tax_id(company.pk)
    assert known(company) == ("format_ok", "", "VIES did not answer: ConnectionError")


def test_an_unconfirmed_id_is_taxed_as_ever_and_a_confirmed_one_is_not(register: Register) -> None:
    configure(company_accounts=True, country="DE", reverse_charge=True, tax_rate="0.19", prices_include_tax=True)
    company = company_of(account(), country="AT", tax_id=AT_ID, tax_id_state="format_ok")
    member, mug = membership(company.members.get().customer), stocked(price="11.90")
    register.answer = (503, "")
    with pytest.raises(RegisterUnavailable):
        check_tax_id(company.pk)
    taxed = ordered_by(member, (mug, 1), shipping_address=VIENNA)
    assert (taxed.reverse_charge, taxed.tax_amount > 0) == (False, True)
    register.answer = (200, json.dumps(GOOD))
    check_tax_id(company.pk)
    assert ordered_by(member, (mug, 1), shipping_address=VIENNA).reverse_charge is True


def test_a_confirmed_id_stays_so_while_the_register_is_silent(register: Register, company: Company) -> None:
    check_tax_id(company.pk)
    register.answer = (503, "")
    with pytest.raises(RegisterUnavailable):
        check_tax_id(company.pk)
    assert known(company) == ("confirmed", "VIES", "VIES did not answer: status 503, no JSON")


def test_an_answer_about_a_former_id_counts_for_nothing(
    register: Register, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Vies.ask

    def ask_while_it_changes(self: Vies, tax_id: str) -> Any:
        Company.objects.filter(pk=company.pk).update(tax_id=FR_ID)
        return ask(self, tax_id)

    monkeypatch.setattr(Vies, "ask", ask_while_it_changes)
    assert check_tax_id(company.pk) is None
    assert known(company) == ("format_ok", "", "")


def test_nobody_is_asked_about_what_no_register_covers(register: Register, company: Company) -> None:
    Company.objects.update(tax_id="CHE107787577IVA", country="CH")
    assert check_tax_id(company.pk) is None
    assert register.asked == []


def test_what_the_merchant_says_is_not_asked_again(register: Register, company: Company) -> None:
    judge_tax_id(company.pk, is_real=True, actor="0190")
    assert known(company) == ("confirmed", "0190", "")
    assert check_tax_id(company.pk) is None
    judge_tax_id(company.pk, is_real=False, actor="0190")
    assert known(company) == ("refused", "0190", "")
    assert register.asked == []


def test_another_id_starts_anew(register: Register, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    queued: list[str] = []
    monkeypatch.setattr(asking.check_tax_id_task, "delay", queued.append)
    judge_tax_id(company.pk, is_real=True, actor="0190")
    change_tax_id(company.pk, " atu 135 856 27")  # the same
    assert known(company)[0] == "confirmed"
    change_tax_id(company.pk, DE_ID)
    assert known(company) == ("format_ok", "", "")
    assert (company.tax_id, company.tax_id_checked_at, queued) == (DE_ID, None, [str(company.pk)])
    with pytest.raises(InvalidTaxId):
        change_tax_id(company.pk, "DE1")
    assert known(company)[0] == "format_ok"


def test_at_night_the_unsure_are_asked_again_and_a_silent_register_is_left_alone(register: Register) -> None:
    for number in range(5):
        company_of(account(f"{number}@example.com"), country="AT", tax_id=AT_ID, tax_id_state="format_ok")
    fresh = company_of(account("fresh@example.com"), tax_id=AT_ID, tax_id_state="confirmed")
    Company.objects.filter(pk=fresh.pk).update(tax_id_checked_by="VIES", tax_id_checked_at=timezone.now())
    company_of(account("blocked@example.com"), tax_id=AT_ID, tax_id_state="format_ok", status="blocked")
    register.answer = (503, "")
    assert ask_again(timezone.now()) == 0
    assert len(register.asked) == 3
    register.answer = (200, json.dumps(GOOD))
    assert ask_again(timezone.now()) == 5
    assert Company.objects.filter(tax_id_state="confirmed").count() == 6


def test_a_company_without_an_id_cannot_have_it_confirmed(admin: CompanyMember) -> None:
    with pytest.raises(InvalidTaxId):
        judge_tax_id(admin.company_id, is_real=True, actor="0190")
    assert known(admin.company)[0] == "unchecked"
