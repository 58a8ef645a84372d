"""Mails in the merchant's own words: a small language, refused when it is broken, ours wherever there is none."""

from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.configuration.models import Setting
from tenant_shop.mails.change_words import change_words
from tenant_shop.mails.kinds import KINDS
from tenant_shop.mails.own_words import PARTS
from tenant_shop.mails.preview import preview
from tenant_shop.mails.templating import BrokenTemplate, check, render
from tenant_shop.orders.confirmation import send_confirmations
from tenant_shop.orders.models import Order
from tests.shopping import at_once, configure, order_of, stocked

WORDS = {
    "subject": "Thanks from {{ shop }}: {{ number }}",
    "title": "Hooray",
    "text": "We have it: {{ number }} for {{ total }}.\n\n{% if shipping_name %}By {{ shipping_name }}.{% endif %}",
}


def sent(**order: Any) -> Any:
    """The confirmation of a new order for one mug at ten euros."""
    configure(store_name="Acme")
    placed = order_of((stocked(name="Mug"), 1))
    Order.objects.filter(pk=placed.pk).update(**order) if order else None
    send_confirmations(timezone.now())
    return mail.outbox[-1], placed


def test_a_mail_has_the_merchants_subject_title_and_text_and_our_facts(shop: TenantInfo) -> None:
    change_words("order_placed", "en", WORDS)

    written, order = sent()

    assert written.subject == f"Acme: {order.order_number}".replace("Acme:", "Thanks from Acme:")
    text, html = str(written.body), str(written.alternatives[0][0])
    assert text.startswith(f"Hooray\n\nWe have it: {order.order_number} for €14.90.\n\nBy Standard delivery.\n\n")
    assert "Thank you for your order" not in text
    assert "1 x Mug: €10.00" in text
    assert "Hooray</h1>" in html
    assert f"We have it: {order.order_number} for €14.90.</p>" in html
    assert "Thank you for your order" not in html


def test_another_language_has_our_words(shop: TenantInfo) -> None:
    change_words("order_placed", "de", WORDS)

    written, order = sent()

    assert written.subject == f"Acme: your order {order.order_number}"


def test_what_the_merchant_writes_is_text_and_cannot_break_out(shop: TenantInfo) -> None:
    change_words(
        "order_placed",
        "en",
        {"subject": "Hello\nBcc: thief@example.com", "title": "<b>x</b>", "text": "<script>alert(1)</script>"},
    )

    written, _ = sent()

    assert written.subject == "Hello Bcc: thief@example.com"
    assert written.recipients() == ["ann@example.com"]
    html = str(written.alternatives[0][0])
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>" not in html
    assert "<b>x</b>" not in html


def test_a_shoppers_words_are_not_read_as_a_template(shop: TenantInfo) -> None:
    assert render("{{ answer }}", {"answer": "{{ shop }} {% if %}"}) == "{{ shop }} {% if %}"


@pytest.mark.parametrize(
    "source",
    [
        "{{ number",
        "{% if number %}",
        "{{ nothing }}",
        "{% if shop == 'x' %}{{ nothing }}{% endif %}",
        "{{ number | base64_encode }}",
        "{% for x in (1..1000000000) %}x{% endfor %}",
        "{% include 'x' %}",
        "{% render 'x' %}",
        "{% assign x = 1 %}",
        "{% capture x %}{% endcapture %}",
        "{% raw %}",
        "{{ number.__class__ }}",
        "{{ number['__class__'].__mro__ }}",
        "{% if number %}" * 200 + "{% endif %}" * 200,
        "{% case number %}{% endcase %}",
        "{{ 'x' | truncate: number }}",
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_changes(source: str, shop: TenantInfo) -> None:
    before = list(Setting.objects.order_by("key").values())
    for part in PARTS:
        with pytest.raises(ValidationError):
            change_words("order_placed", "en", {**WORDS, part: source})

    assert list(Setting.objects.order_by("key").values()) == before


def test_what_is_wrong_is_one_sentence_and_names_the_line() -> None:
    with pytest.raises(BrokenTemplate) as refused:
        check("{{ number }}\n\n{% for x in y %}", ["number"])

    assert str(refused.value) == "This cannot be read: unexpected tag 'for', in line 3."


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("{{ number | upcase }}", "A1"),
        ("{{ reason | default: 'none' }}", "none"),
        ("{% if reason %}yes{% else %}no{% endif %}", "no"),
        ("{% unless reason %}no{% endunless %}", "no"),
        ("{% comment %}x{% endcomment %}{{ 'abc' | truncate: 2, '' }}", "ab"),
        ("{{ reason }}", ""),
        ("100 % & <you>", "100 % & <you>"),
    ],
)
def test_what_can_be_written(source: str, written: str) -> None:
    check(source, {"number", "reason"})

    assert render(source, {"number": "a1", "reason": ""}) == written


def test_what_an_older_release_let_be_written_gives_way_to_ours(shop: TenantInfo) -> None:
    broken = {"order_placed": {"en": {**WORDS, "text": "{{ gone }}"}}}
    for stored in (broken, {"order_placed": {"en": {**WORDS, "title": 4}}}, {"order_placed": ["en"]}, {"x": 1}):
        Setting.objects.update_or_create(key="email_templates", defaults={"value": stored})

        written, order = sent()

        assert written.subject == f"Acme: your order {order.order_number}"


def test_two_who_write_at_once_keep_both(shop: TenantInfo) -> None:
    kinds = list(KINDS)[:4]

    at_once(shop, [lambda kind=kind: change_words(kind, "en", WORDS | {"text": "x"} | {  # type: ignore[misc]
        "subject": "s"}) for kind in kinds])  # fmt: skip

    stored = Setting.objects.get(key="email_templates").value
    assert sorted(stored) == sorted(kinds)


def test_going_back_leaves_nothing_behind(shop: TenantInfo) -> None:
    change_words("order_placed", "en", WORDS)

    assert change_words("order_placed", "en", None) == WORDS

    assert Setting.objects.get(key="email_templates").value == {}
    assert sent()[0].subject.startswith("Acme: your order")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_looked_at_with_all_that_it_tells(kind: str, shop: TenantInfo) -> None:
    names = " ".join(f"{{{{ {name} }}}}" for name in KINDS[kind].names)

    written = preview(kind, "en", {"subject": "S", "title": "T", "text": names}, to="me@example.com")

    assert all(example in str(written.body) for example in KINDS[kind].facts.values())
