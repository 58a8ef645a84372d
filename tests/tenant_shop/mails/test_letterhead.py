"""Every mail is written on the same paper: the shop's logo and colours, readable by day and night, words marked."""

import re
from itertools import product
from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.configuration.theme import READABLE, Theme, contrast
from tenant_shop.customers.letters import Kind
from tenant_shop.customers.mail import compose as compose_letter
from tenant_shop.customers.post import write_to
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.mails.letterhead import letterhead
from tenant_shop.mails.look import mail_look
from tenant_shop.orders.confirmation import compose as compose_confirmation
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.receipt import compose as compose_receipt
from tenant_shop.restock.mail import compose as compose_notice
from tenant_shop.restock.models import StockAlert
from tests.shopping import configure, order_of, stocked

LOGO = {"filename": "logo/ab/x.png", "url": "/media/logo/ab/x.png", "width": 440, "height": 88}
LOGO_URL = "http://globex.localhost:8000/media/logo/ab/x.png"
BRANDS = ("#0f766e", "#ffe066", "#000000", "#ffffff", "#7a0019", "#0b3d91")


def every_mail(language: str) -> dict[str, Any]:
    """One of each kind, in `language`."""
    order = order_of((stocked(name="Stoneware mug"), 1), language=language)
    mark_as_paid(order.pk, actor="test")
    events = {event.topic: event for event in OutboxEvent.objects.all()}
    letter = write_to("ann@example.com", Kind.PASSWORD_CHANGED, language=language)
    alert = StockAlert.objects.create(variant=stocked(name="Bowl"), email="ann@example.com", language=language)
    return {
        "placed": compose_confirmation(events["mail.order_placed"]),
        "paid": compose_receipt(events["mail.order_paid"]),
        "letter": compose_letter(letter, Kind.PASSWORD_CHANGED, None, has_account=True),
        "back": compose_notice(OutboxEvent(topic="mail.back_in_stock"), alert),
    }


def html_of(mail: Any) -> str:
    return str(mail.alternatives[0][0])


def test_all_mails_bear_the_logo_and_the_colours(make_shop: Any) -> None:
    shop = make_shop("globex", theme_config={"brand": "#aa0044", "logo": LOGO, "radius": "sharp"})
    with tenant_context(shop):
        configure(store_name="Globex")
        for kind, mail in every_mail("").items():
            html = html_of(mail)
            assert (
                '<img src="http://globex.localhost:8000/media/logo/ab/x.png" alt="Globex" width="220" height="44"'
                in (html)
            ), kind
            assert "border-top:5px solid #aa0044" in html, kind
            assert html.count("<h1") == 1, kind
            assert '<meta name="color-scheme" content="light dark">' in html, kind
            assert "Globex" in str(mail.body), kind


def test_a_shop_at_its_own_domain_links_there(make_shop: Any) -> None:
    with tenant_context(make_shop("globex", domain="globex.example")):
        configure()
        for kind, mail in every_mail("").items():
            links = re.findall(r'href="(http[^"]*)"', html_of(mail))
            assert links, kind
            assert all(link.startswith("http://globex.example:8000/") for link in links), (kind, links)


def test_everything_can_be_read_by_day_and_by_night(shop: TenantInfo) -> None:
    for brand, surface in product(BRANDS, ("#ffffff", "#fdf6e3")):
        look = mail_look(Theme(brand=brand, surface=surface), shop)
        for shades in (look.day, look.night):
            for ground in (shades.ground, shades.sheet):
                for ink in (shades.ink, shades.muted, shades.link):
                    assert contrast(ink, ground) >= READABLE, (brand, surface, ink, ground)
        assert contrast(look.on_brand, look.brand) >= READABLE


@pytest.mark.parametrize(("language", "marks"), [("ar", ' lang="en" dir="ltr"'), ("de", ' lang="en"')])
def test_the_merchants_words_name_their_language(shop: TenantInfo, language: str, marks: str) -> None:
    configure(store_name="Harbour Kitchen", languages=["ar", "de"])
    mails = every_mail(language)
    for kind, mail in mails.items():
        html = html_of(mail)
        assert f'<html lang="{language}"' in html, kind
        assert f"<span{marks}>Harbour Kitchen</span>" in html, kind
    assert f"1 \u00d7 <span{marks}>Stoneware mug</span>" in html_of(mails["placed"])
    assert f"<bdi{marks}>Standard delivery</bdi>" in html_of(mails["placed"])
    assert f"1 \u00d7 <span{marks}>Stoneware mug</span>" in html_of(mails["paid"])
    assert f"<bdi{marks}>Bowl</bdi>" in html_of(mails["back"])
    assert "<bdi" not in str(mails["back"].body)


def test_a_mail_in_the_shops_own_language_marks_nothing(shop: TenantInfo) -> None:
    configure()
    for kind, mail in every_mail("").items():
        assert re.findall(r' lang="[^"]*"', html_of(mail)) == [' lang="en"'], kind


def test_hostile_names_break_out_of_no_part(shop: TenantInfo) -> None:
    configure(store_name='Evil" <script>\r\nBcc: all@example.com', store_email="x@example.com\r\nBcc: y@example.com")
    for kind, mail in every_mail("").items():
        headers = mail.message().as_bytes().partition(b"\n\n")[0]
        assert b"\nBcc:" not in headers, kind
        assert "<script" not in html_of(mail), kind


def test_addresses_keep_to_the_readers_language(shop: TenantInfo) -> None:
    configure(languages=["ar"])
    with letterhead("ar") as head:
        assert head.url("/orders/1/") == "http://acme.localhost:8000/ar/orders/1/"
    with letterhead("de") as head:  # not offered here
        assert (head.language, head.url("/")) == ("de", "http://acme.localhost:8000/")
    with letterhead("") as head:
        assert head.language == "en"
