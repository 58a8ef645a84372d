"""What the merchant is written about companies: once, while it is news, and as often as it takes to arrive."""

from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from smartseller.tax_registers.errors import RegisterUnavailable
from smartseller.tax_registers.vies import Answer
from tenant_shop.companies import check_tax_id as asking
from tenant_shop.companies.check_tax_id import check_tax_id, check_tax_id_task
from tenant_shop.companies.decide import approve_company
from tenant_shop.companies.errors import AlreadyMember
from tenant_shop.companies.found import found_company
from tenant_shop.companies.models import Company
from tenant_shop.companies.tell_merchant import TOPIC, send_all_news
from tenant_shop.configuration.models import Setting
from tenant_shop.models import OutboxEvent
from tests.accounts import account
from tests.companies import AT_ID, company_of
from tests.shopping import ADDRESS, configure

GIVEN = {**ADDRESS, "name": "Example GmbH", "tax_id": AT_ID, "country": "DE"}


@pytest.fixture(autouse=True)
def mailbox(selling: TenantInfo) -> None:
    configure(company_accounts=True, country="DE", store_email="hello@acme.example")


def sent() -> list[Any]:
    before = len(mail.outbox)
    send_all_news(timezone.now())
    return mail.outbox[before:]


class Register:
    """Says `answer`, or nothing."""

    name = "VIES"

    def __init__(self, answer: Answer | None) -> None:
        self.answer = answer

    def ask(self, tax_id: str) -> Answer:
        if self.answer is None:
            raise RegisterUnavailable("VIES", "nobody is there")
        return self.answer


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda answer: monkeypatch.setattr(asking, "register_of", lambda tax_id: Register(answer))


KNOWN, UNKNOWN = Answer(is_valid=True, name="", reference=""), Answer(is_valid=False, name="", reference="")


def test_a_company_that_waits_is_told_with_the_way_to_it() -> None:
    company = found_company(account(), GIVEN)
    (message,) = sent()
    assert (message.to, message.subject) == (["hello@acme.example"], "My Store: A company waits for you: Example GmbH")
    assert f"http://acme.localhost:8000/admin/tenant_shop/company/{company.pk}/change/" in message.body
    assert f"Its tax id is {AT_ID}." in message.body
    assert sent() == []


def test_a_refused_registration_tells_nobody() -> None:
    ann = account()
    company_of(ann)
    with pytest.raises(AlreadyMember):
        found_company(ann, GIVEN)
    assert not OutboxEvent.objects.filter(topic=TOPIC).exists()


def test_what_is_decided_already_is_no_news() -> None:
    approve_company(found_company(account(), GIVEN).pk)
    assert sent() == []


def test_it_is_in_the_shops_own_language() -> None:
    Setting.objects.update_or_create(key="language", defaults={"value": "de"})
    found_company(account(), GIVEN)
    (message,) = sent()
    assert "Eine Firma wartet auf Sie: Example GmbH" in message.subject


def test_a_mail_server_that_is_down_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    found_company(account(), GIVEN)
    with monkeypatch.context() as patch:
        patch.setattr(mail.EmailMultiAlternatives, "send", _refuse)
        assert sent() == []
    event = OutboxEvent.objects.get(topic=TOPIC)
    assert event.delivered_at is None
    OutboxEvent.objects.update(available_at=timezone.now())
    assert len(sent()) == 1


def _refuse(*args: Any, **kwargs: Any) -> int:
    raise ConnectionRefusedError


def test_an_id_that_the_register_refuses_is_told_once_and_a_confirmed_one_never(answers: Any) -> None:
    company = company_of(account(), country="AT", tax_id=AT_ID, tax_id_state="format_ok")
    answers(KNOWN)
    check_tax_id(company.pk)
    assert sent() == []
    answers(UNKNOWN)
    check_tax_id(company.pk)
    (message,) = sent()
    assert message.subject == "My Store: The tax id of Example Ltd is not known"
    assert f"The register does not know the tax id {AT_ID} of Example Ltd." in message.body
    check_tax_id(company.pk)
    assert sent() == []


def test_another_id_makes_the_old_ones_refusal_no_news(answers: Any) -> None:
    company = company_of(account(), country="AT", tax_id=AT_ID, tax_id_state="format_ok")
    answers(UNKNOWN)
    check_tax_id(company.pk)
    Company.objects.update(tax_id="ATU99999999", tax_id_state="format_ok")
    assert sent() == []


@pytest.mark.parametrize(("attempt", "told"), [(0, 0), (5, 0), (6, 1)])
def test_a_register_that_stays_silent_to_the_last_attempt_is_told(answers: Any, attempt: int, told: int) -> None:
    company = company_of(account(), country="AT", tax_id=AT_ID, tax_id_state="format_ok")
    answers(None)
    check_tax_id_task.push_request(retries=attempt, called_directly=True)
    try:
        with pytest.raises(RegisterUnavailable):
            check_tax_id_task.run(str(company.pk))
    finally:
        check_tax_id_task.pop_request()
    subjects = [message.subject for message in sent()]
    assert subjects == ["My Store: The tax id of Example Ltd could not be confirmed"] * told
