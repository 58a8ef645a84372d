"""Which language a page is read in, at which address, and that nobody else's request notices."""

import re
import threading
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import get_script_prefix, reverse
from django.urls.converters import UUIDConverter
from django.utils import translation

from platform_core.tenancy.context import tenant_context
from platform_core.tenancy.theme import set_theme
from tenant_shop.configuration.change_languages import UnknownLanguage, change_languages
from tenant_shop.configuration.languages import Languages, read_languages
from tenant_shop.configuration.models import Setting
from tenant_shop.models import Order, OutboxEvent, Page
from tenant_shop.orders.confirmation import TOPIC, send_confirmation
from tenant_shop.storefront import urls
from tenant_shop.storefront.only_forms import PAGE_OF
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.people import make_user
from tests.shopper import Shopper
from tests.shopping import order_of, stocked


@pytest.fixture
def multilingual(selling, configure) -> None:
    """An English shop that can also be read in German and Arabic, not in French."""
    configure(languages=["de", "ar"])


def frame(page: Any) -> tuple[str, str]:
    """Language and direction that a page claims to have."""
    found = re.search(r'<html lang="([^"]*)" dir="([^"]*)"', page.content.decode())
    assert found
    return found[1], found[2]


@pytest.mark.usefixtures("multilingual")
def test_a_language_has_its_own_address_and_every_link_stays_in_it(shopper):
    ProductFactory(slug="mug", category=CategoryFactory(slug="kitchen"), stock=1)
    for path, language, direction in (("", "en", "ltr"), ("/de", "de", "ltr"), ("/ar", "ar", "rtl")):
        for page in ("/", "/products/", "/products/mug/", "/categories/kitchen/", "/cart/", "/account/"):
            answer = shopper.get(path + page)
            assert (answer.status_code, answer["Content-Language"]) == (200, language), path + page
            assert frame(answer) == (language, direction)
            html = answer.content.decode().split('<nav class="languages"')[0]
            links = re.findall(r'(?:href|action)="(/[^"]*)"', html)
            assert links
            for link in links:
                if not link.startswith(("/static/", "/theme.css?", "/media/")):
                    assert link.startswith(path + "/"), (path + page, link)


@pytest.mark.usefixtures("multilingual")
def test_a_merchants_link_leads_to_the_page_in_the_readers_language_and_to_no_address_that_is_none(selling, shopper):
    """Merchants copy addresses from whichever page they look at; what stands at one address for everybody stays so."""
    links = {
        "/products/": "{}/products/",
        "/de/products/?sort=price": "{}/products/?sort=price",
        "/ar": "{}/",
        "/fr/products/": "{}/fr/products/",
        "/feeds/google.xml": "/feeds/google.xml",
        "/sitemap.xml": "/sitemap.xml",
        "/media/prices.pdf": "/media/prices.pdf",
        "/login/": "/login/",
        "https://acme.example/de/": "https://acme.example/de/",
        "//acme.example/": "//acme.example/",
        "#below": "#below",
        "mailto:a@acme.example": "mailto:a@acme.example",
    }
    body = "\n".join(f"[link]({address})" for address in links)
    Page.objects.filter(slug="about").update(is_published=True, body=body)
    set_theme(selling.id, {"announcement": "News", "announcement_url": "/de/pages/about/"}, user_id=make_user().pk)
    for prefix in ("", "/de", "/ar"):
        html = shopper.get(f"{prefix}/pages/about/").content.decode()
        wanted = [there.format(prefix) for there in links.values()]
        assert re.findall(r'<a href="([^"]*)"[^>]*>link</a>', html) == wanted
        assert re.findall(r'<a href="([^"]*)"[^>]*>\s*News', html) == [f"{prefix}/pages/about/"]


@pytest.mark.usefixtures("multilingual")
def test_the_prefix_of_the_shops_own_language_leads_to_the_plain_address(shopper):
    for path, plain in (
        ("/en/", "/"),
        ("/en", "/"),
        ("/en?page=2", "/?page=2"),
        ("/en/products/?q=mug&page=2", "/products/?q=mug&page=2"),
        ("/en/products/caf%C3%A9/", "/products/caf%C3%A9/"),
        ("/en//evil.example/", "/%2Fevil.example/"),
        ("/en/%5Cevil.example/", "/%5Cevil.example/"),
    ):
        answer = shopper.get(path)
        assert (answer.status_code, answer["Location"]) == (301, plain), path
    assert shopper.get("/de")["Location"] == "/de/"
    # A form that was sent there must not turn into a mere look.
    assert shopper.post("/en/cart/coupon/", {}).status_code == 308


@pytest.mark.usefixtures("multilingual")
def test_a_language_that_is_not_offered_and_an_unknown_one_are_no_address(shopper):
    for path in ("/fr/", "/fr/products/", "/it/", "/xx/", "/DE/", "/de-at/", "/de/de/", "/de/en/", "/dex/"):
        assert shopper.get(path).status_code == 404, path
    answer = shopper.get("/ar/products/nothing/")
    assert answer.status_code == 404
    assert frame(answer) == ("ar", "rtl")
    assert 'href="/ar/"' in answer.content.decode()


@pytest.mark.usefixtures("multilingual")
def test_other_doors_and_files_have_no_language(shopper):
    for path in ("/de/admin/", "/de/dashboard/", "/de/api/v1/", "/de/static/css/base.css", "/de/media/x.webp",
                 "/de/healthz", "/de/theme.css", "/de/robots.txt", "/de/login/"):  # fmt: skip
        assert shopper.get(path).status_code == 404, path
    assert shopper.get("/robots.txt").status_code == 200
    assert 'href="/theme.css?v=' in shopper.get("/ar/").content.decode()


@pytest.mark.usefixtures("multilingual")
def test_a_known_shops_language_costs_no_statement(shopper, count_statements):
    shopper.get("/")
    with count_statements() as statements:
        assert shopper.get("/de/nothing.txt").status_code == 404
        assert shopper.get("/en/").status_code == 301
        assert shopper.get("/theme.css").status_code == 200
    assert statements.count == 0


@pytest.mark.usefixtures("multilingual")
def test_no_request_leaves_its_language_or_its_prefix_behind(shopper):
    before = (translation.get_language(), get_script_prefix())
    for path in ("/ar/", "/ar/products/nothing/", "/ar/cart/lines/add/nothing/", "/de/products/?page=x"):
        shopper.get(path)
        assert (translation.get_language(), get_script_prefix()) == before, path
    assert 'href="/products/"' in shopper.get("/").content.decode()


@pytest.mark.usefixtures("multilingual")
def test_a_fault_in_a_view_leaves_nothing_behind_either(shopper, monkeypatch):
    def fails() -> None:
        raise ZeroDivisionError

    before = (translation.get_language(), get_script_prefix())
    monkeypatch.setattr("tenant_shop.storefront.visit.read_shelves", fails)
    answer = shopper.get("/ar/")
    assert answer.status_code == 500
    assert frame(answer) == ("ar", "rtl")
    assert (translation.get_language(), get_script_prefix()) == before


@pytest.mark.usefixtures("multilingual")
def test_two_languages_at_once_do_not_mix(shop):
    wrong: list[str] = []

    def visit(prefix: str, language: str) -> None:
        visitor = Shopper()
        for _ in range(5):
            answer = visitor.get(f"{prefix}/cart/")
            if frame(answer)[0] != language or f'href="{prefix}/products/"' not in answer.content.decode():
                wrong.append(language)

    threads = [threading.Thread(target=visit, args=each) for each in (("", "en"), ("/de", "de"), ("/ar", "ar"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.usefixtures("multilingual")
def test_search_engines_are_told_of_the_other_languages(shopper):
    html = shopper.get("/de/products/").content.decode()
    assert re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', html) == [
        ("en", "http://acme.localhost:8000/products/"),
        ("de", "http://acme.localhost:8000/de/products/"),
        ("ar", "http://acme.localhost:8000/ar/products/"),
        ("x-default", "http://acme.localhost:8000/products/"),
    ]
    assert '<link rel="canonical" href="http://acme.localhost:8000/de/products/">' in html
    for unfound in ("/de/products/?sort=name", "/de/cart/"):
        assert 'rel="alternate"' not in shopper.get(unfound).content.decode()


@pytest.mark.usefixtures("multilingual")
def test_the_switcher_keeps_the_page_and_its_query(shopper):
    html = shopper.get("/de/products/", sort="name", page="1").content.decode()
    choices = re.findall(r'<li><a href="([^"]+)" lang="([^"]+)"[^>]*?( aria-current="true")?><bdi>([^<]+)</bdi>', html)
    assert choices == [
        ("/products/?sort=name&amp;page=1", "en", "", "English"),
        ("/de/products/?sort=name&amp;page=1", "de", ' aria-current="true"', "Deutsch"),
        ("/ar/products/?sort=name&amp;page=1", "ar", "", "العربية"),
    ]


@pytest.mark.usefixtures("multilingual")
def test_the_switcher_of_a_refused_form_leads_to_the_page_it_stands_on(shopper):
    ProductFactory(slug="mug", stock=1)
    refused = shopper.post("/de/cart/lines/add/mug/", {"quantity": "0"})
    assert refused.status_code == 422
    assert '<a href="/ar/products/mug/" lang="ar"' in refused.content.decode()
    asked = shopper.post("/de/products/mug/notify/", {"email": "nobody"})
    assert asked.status_code == 422
    assert '<a href="/ar/products/mug/" lang="ar"' in asked.content.decode()


@pytest.mark.usefixtures("multilingual")
def test_who_looks_at_an_address_that_takes_forms_only_is_led_to_its_page():
    facts = {"slug": "mug", "line_id": "019b0000-0000-7000-8000-000000000000", "name": "mug.webp", "token": "nobody",
             "code": "SPRING", "kind": "pages", "number": 1}  # fmt: skip
    browser, led = Client(headers={"host": "acme.localhost"}), {}
    for pattern in urls.urlpatterns:
        uuids = {name for name, kind in pattern.pattern.converters.items() if isinstance(kind, UUIDConverter)}
        kwargs = {name: facts["line_id"] if name in uuids else facts[name] for name in pattern.pattern.converters}
        address = reverse(f"storefront:{pattern.name}", urlconf="smartseller.urls.shop", kwargs=kwargs)
        assert browser.get(address).status_code != 405, address
        if browser.put(address).headers.get("Allow") == "POST":
            answer = browser.get(address)
            assert answer.status_code == 302, address
            led[pattern.name] = answer["Location"]
            assert browser.head(address)["Location"] == answer["Location"]
    assert led == {
        "notify": "/products/mug/",
        "cart_add": "/products/mug/",
        "cart_add_lines": "/quick-order/",
        "cart_line": "/cart/",
        "cart_coupon": "/cart/",
        "cart_save": "/cart/",
        "cart_saved": "/cart/",
        "cart_estimate": "/cart/",
        "order_account": f"/orders/{facts['line_id']}/",
        "order_cancel_by_link": f"/orders/{facts['line_id']}/",
        "address_remove": f"/account/addresses/{facts['line_id']}/",
        "order_again": f"/account/orders/{facts['line_id']}/",
        "order_cancel": f"/account/orders/{facts['line_id']}/",
        "wish_add": "/account/wishlist/",
        "wish_remove": "/account/wishlist/",
        "data_download": "/account/data/",
        "erase_request": "/account/data/",
        "log_out": "/account/",
        "sessions_end": "/account/log-ins/",
        "company_invitation": "/account/company/members/",
        "company_leave": "/account/company/",
        "company_request_decide": f"/account/company/requests/{facts['line_id']}/",
        "quote_again": f"/quotes/{facts['line_id']}/",
        "quote_decline": f"/quotes/{facts['line_id']}/",
    }
    assert led.keys() == PAGE_OF.keys()
    assert browser.get("/ar/products/mug/notify/")["Location"] == "/ar/products/mug/"


def test_a_shop_of_one_language_offers_no_choice(selling, shopper):
    html = shopper.get("/").content.decode()
    assert 'class="languages"' not in html
    assert "hreflang" not in html
    assert shopper.get("/de/").status_code == 404


def test_the_shops_own_language_is_served_at_plain_addresses_with_its_country(selling, configure, shopper):
    configure(language="de-AT", languages=["en", "de"])
    assert frame(shopper.get("/")) == ("de-AT", "ltr")
    assert shopper.get("/de/").status_code == 301
    assert frame(shopper.get("/en/")) == ("en", "ltr")


def test_what_settings_say_of_languages_is_read_with_care(shop):
    assert read_languages("de", ["ar", "en", "de", "xx", 5]) == Languages("de", ("en", "ar"))
    assert read_languages("it", []) == Languages("en")
    for nonsense in (None, 5, "", "../../etc", "de-" + "x" * 300, "de\x00"):
        assert read_languages(nonsense, "de") == Languages("en")


@pytest.mark.usefixtures("multilingual")
def test_a_change_of_languages_is_heard_at_once(shopper):
    assert shopper.get("/fr/").status_code == 404
    change_languages("de", ["fr"])
    assert frame(shopper.get("/")) == ("de", "ltr")
    assert frame(shopper.get("/fr/")) == ("fr", "ltr")
    assert shopper.get("/ar/").status_code == 404
    with pytest.raises(UnknownLanguage):
        change_languages("en", ["xx"])
    assert dict(Setting.objects.filter(key__startswith="language").values_list("key", "value")) == {
        "language": "de",
        "languages": ["fr"],
    }


def test_another_shops_languages_are_its_own(multilingual, make_shop, shopper):
    globex = make_shop("globex")
    with tenant_context(globex):
        assert Shopper("globex.localhost").get("/de/").status_code == 404
    assert shopper.get("/de/").status_code == 200


BUYER = {
    "email": "ann@example.com",
    "first_name": "Ann",
    "last_name": "Example",
    "address1": "1 Main Street",
    "postal_code": "10115",
    "city": "Berlin",
    "action": "order",
}


def sent() -> mail.EmailMultiAlternatives:
    send_confirmation(OutboxEvent.objects.get(topic=TOPIC).pk)
    (message,) = mail.outbox
    return message


@pytest.mark.usefixtures("multilingual")
def test_an_order_is_confirmed_in_the_language_it_was_placed_in(shopper):
    ProductFactory(slug="mug", name="Mug", stock=5)
    cart = shopper.follow(shopper.submit(shopper.get("/ar/products/mug/"), "/ar/cart/lines/add/mug/"))
    assert frame(cart) == ("ar", "rtl")
    answer = shopper.submit(shopper.get("/ar/checkout/"), "/ar/checkout/", **BUYER)
    order = Order.objects.get()
    assert answer["Location"] == f"/ar/orders/{order.public_token}/"
    assert order.language == "ar"
    message = sent()
    assert f"/ar/orders/{order.public_token}/" in message.body
    html = message.alternatives[0].content
    assert '<html lang="ar" dir="rtl">' in html
    assert translation.get_language() == "en"


@pytest.mark.usefixtures("multilingual")
def test_an_order_without_a_language_is_confirmed_in_the_shops_own(shop):
    order = order_of((stocked(), 1))
    assert order.language == ""
    message = sent()
    assert f".localhost:8000/orders/{order.public_token}/" in message.body
    assert '<html lang="en" dir="ltr">' in message.alternatives[0].content
