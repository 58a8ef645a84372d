"""The pages on which mails are written."""

from typing import Any

import pytest
from django.core import mail

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.configuration.models import Setting
from tests.back_office import entries
from tests.people import staff_browser

LIST = "/admin/settings/mails/"
PAGE = f"{LIST}order_placed/en/"
WORDS = {"subject": "Thanks, {{ number }}", "title": "Hooray", "text": "One.\r\n\r\nTwo for {{ total }}."}


def stored(shop: TenantInfo) -> Any:
    with tenant_context(shop):
        return Setting.objects.filter(key="email_templates").values_list("value", flat=True).first()


def test_words_are_saved_looked_at_sent_to_oneself_and_given_up(acme: TenantInfo) -> None:
    browser = staff_browser(acme)

    looked = browser.post(PAGE, {**WORDS, "action": "look"}).content.decode()
    assert "Two for €49.90." in looked
    document = looked.partition('srcdoc="')[2].partition('"')[0]
    assert "&lt;!doctype html&gt;" in document
    assert document.endswith("&lt;/html&gt;\n")
    browser.post(PAGE, {**WORDS, "action": "send"})
    assert (mail.outbox[0].to, mail.outbox[0].subject) == (["owner@acme.example"], "Thanks, 202611000042")
    assert not stored(acme)

    assert browser.post(PAGE, {**WORDS, "action": "save"})["Location"] == PAGE
    kept = {**WORDS, "text": "One.\n\nTwo for {{ total }}."}
    assert stored(acme) == {"order_placed": {"en": kept}}
    assert "Your words" in browser.get(LIST).content.decode()
    entry = entries(acme)[-1]
    assert (entry.action, entry.metadata["name"], entry.new_values) == (
        "change_mail_template",
        "An order is placed (en)",
        kept,
    )

    browser.post(PAGE, {"action": "forget"})
    assert stored(acme) == {}
    assert entries(acme)[-1].old_values == kept


@pytest.mark.parametrize(
    "wrong",
    [{"text": "{{ nothing }}"}, {"subject": "{% if %}"}, {"title": ""}, {"title": "{% comment %}x{% endcomment %}"}],
)
@pytest.mark.parametrize("action", ["save", "look", "send"])
def test_broken_words_are_refused_and_nothing_moves(wrong: dict[str, str], action: str, acme: TenantInfo) -> None:
    browser = staff_browser(acme)

    assert browser.post(PAGE, {**WORDS, **wrong, "action": action}).status_code == 422

    assert (stored(acme), entries(acme), mail.outbox) == ({}, [], [])


@pytest.mark.parametrize("path", ["nothing/en/", "order_placed/xx/", "order_placed/de/"])
def test_a_mail_or_language_that_there_is_none_of_is_not_found(path: str, acme: TenantInfo) -> None:
    assert staff_browser(acme).get(LIST + path).status_code == 404
