"""Every page of the storefront in every language: nothing is left in English, and it runs in the right direction.

The merchant's own words carry a mark here. What reads the same in English and in another language, and is neither
marked nor the same word in both, was forgotten. What carries the mark says in which language it is, and nothing else
does.
"""

import inspect
import re
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings

from platform_core.tenancy import directory
from tenant_shop.models import Page, ProductImage, ProductReview
from tenant_shop.storefront.urls import urlpatterns
from tests import walk, walk_companies
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory

MARK = "§"
LANGUAGES = {"de": "ltr", "fr": "ltr", "ar": "rtl"}
# Attributes that are read to people or shown to them.
READ = {"aria-label", "alt", "placeholder", "title", "aria-description"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# The same word in both languages, by language; names, addresses and countries.
SAME = {
    "de": {"Bronze", "Name", "Shop", "Version"},
    "fr": {
        "Article",
        "Bronze",
        "Confirmation",
        "Description",
        "E-mail",
        "Menu",
        "Pages",
        "Points",
        "Stock",
        "Total",
        "1 article",
        "2 articles",
    },
    "ar": set(),
}
NAMES = {name for _, name in settings.LANGUAGES} | {"SmartSeller", "MUG", "mark@example.com", "DE136695976"}
# Of no language: who buys, and where from; the letter that a brand is found under.
NOBODYS = {
    "§",
    "§Ann §.",
    "§Ann §Example",
    "§1 Main Street",
    "10115 §Berlin",
    "mark§@harbour.example",
    "§Ltd",
    "§PO",
    "§No",
    "§Ring",
}
# Served at one address in every language, or only to machines.
DOCUMENTS = {"order_document", "my_document", "company_document"}
NO_PAGES = {"theme", "media", "favicon", "robots", "sitemap", "sitemap_part", "google_feed"} | DOCUMENTS
# Only the shop's own people see these.
FOR_STAFF = {"product_preview"}
# They take a form and lead to a page that the walk visits.
ONLY_LEAD_ON = {
    "log_out",
    "address_remove",
    "sessions_end",
    "order_again",
    "order_cancel",
    "order_cancel_by_link",
    "wish_add",
    "wish_remove",
    "data_download",
    "erase_request",
    "discount_link",
    "company_invitation",
    "company_request_decide",
}

# Parts of pages that are loaded on their own.
FRAGMENTS = {"suggestions"}


class Words(HTMLParser):
    """What a page says to people: its texts, and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        # (language, words) of what stands in one piece: the merchant's, and the page's own.
        self.spoken: set[tuple[str, str]] = set()
        self.languages: list[str] = []
        self.silent = 0
        self.frame: dict[str, str | None] = {}
        self.countries = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            inherited = self.languages[-1] if self.languages else ""
            self.languages.append(given.get("lang") or inherited)
        if tag == "html":
            self.frame = given
        self.silent += tag in ("script", "style")
        # Countries are named by CLDR; many are called the same.
        self.countries = given.get("name", "").endswith("country") if tag == "select" else self.countries
        if tag == "meta" and given.get("name") == "description":
            self._add(given.get("content"))
        for name in READ & given.keys():
            self._add(given[name])

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.languages.pop()
        self.silent -= tag in ("script", "style")
        self.countries = self.countries and tag != "select"

    def handle_data(self, data: str) -> None:
        if not self.silent and not self.countries:
            self._add(data)
            self._hear(data)

    def _hear(self, data: str) -> None:
        words = " ".join(data.split())
        if words and self.languages and (MARK in words or re.search(r"[^\W\d_]{2}", words)):
            self.spoken.add((self.languages[-1], words))

    def _add(self, text: str | None) -> None:
        words = " ".join((text or "").split())
        if re.search(r"[^\W\d_]{2}", words) and MARK not in words:
            self.found.add(words)


def words_of(page: Any) -> Words:
    reader = Words()
    reader.feed(page.content.decode())
    return reader


@pytest.fixture
def marked(selling, configure) -> None:
    """A shop in four languages whose own words all carry the mark."""
    configure(
        store_name="§Shop",
        store_email="mark§@harbour.example",
        languages=["de", "fr", "ar"],
        payment_methods=["bank_transfer", "cash_on_delivery", "test_card"],
        test_mode=True,
        quote_requests="everybody",
        loyalty={"is_on": True, "since": "2026-01-01T00:00:00+00:00"},
        company_accounts=True,
        shipping_rates=[{"code": "standard", "name": "§Parcel", "amount": "4.90", "note": "§Soon"}],
    )
    Page.objects.filter(slug="about").update(title="§About", body="§Words.", is_published=True)
    kitchen = CategoryFactory(name="§Kitchen", slug="kitchen", description="§For cooks")
    CategoryFactory(name="§Mugs", slug="mugs", parent=kitchen)
    brand = BrandFactory(name="§Brand", slug="brand")
    common = {"category": kitchen, "brand": brand, "short_description": "§Short", "description": "<p>§Long</p>"}
    mug = ProductFactory(
        name="§Mug",
        slug="mug",
        sku="MUG",
        compare_at_price=Decimal("25"),
        stock=40,
        low_stock_threshold=50,
        tags=["featured"],
        features=["§Feature"],
        specifications={"§Weight": "§300 g"},
        **common,
    )
    ProductImage.objects.create(product=mug, url="/media/mug.webp", alt_text="§A mug", width=800, height=800)
    for rating in (5, 4):
        ProductReview.objects.create(
            product=mug, customer=CustomerFactory(first_name="§Ann", last_name="§B"), rating=rating, title="§Title",
            content="§Text", status="approved", is_verified_purchase=True,
        )  # fmt: skip
    shirt = ProductFactory(name="§Shirt", slug="shirt", stock=5, **common)
    VariantFactory(product=shirt, options={"§Size": "§M"}, stock=5)
    VariantFactory(product=shirt, options={"§Size": "§L"}, stock=0)
    priced = ProductFactory(name="§Lamp", slug="lamp", stock=5, **common)
    VariantFactory(product=priced, options={"§Size": "§M"}, stock=5, price=Decimal("40"))
    ProductFactory(name="§Gone", slug="gone", stock=0, **common)
    ProductFactory(name="§Shown", slug="shown", stock=1, visibility="catalog_only", **common)
    for number in range(25):
        ProductFactory(name=f"§Cup {number}", slug=f"cup-{number}", stock=1, category=kitchen, brand=brand)


def test_the_walk_visits_every_address() -> None:
    visited = re.findall(r'(?:get|post|yield)[ (]"(\w+)"', inspect.getsource(walk) + inspect.getsource(walk_companies))
    assert {pattern.name for pattern in urlpatterns} - NO_PAGES - FOR_STAFF - ONLY_LEAD_ON == set(visited) & {
        p.name for p in urlpatterns
    }


@pytest.mark.usefixtures("marked")
@pytest.mark.slow
@pytest.mark.parametrize("look", ["atelier", "market"])
def test_every_page_is_whole_in_every_language(platform: Any, look: str) -> None:
    platform.update_tenant("acme", theme_config={"look": look})
    directory.clear()
    english: list[tuple[str, Words]] = [(name, words_of(page)) for name, page in walk.walk("", "en")]
    assert {reader.frame["lang"] for name, reader in english if name not in FRAGMENTS} == {"en"}
    assert {words for _, reader in english for spoken, words in reader.spoken if spoken not in ("en", "")} <= NAMES
    forgotten: dict[str, set[str]] = {}
    for language, direction in LANGUAGES.items():
        for (name, before), (_, page) in zip(english, walk.walk(f"/{language}", language), strict=True):
            after = words_of(page)
            if name not in FRAGMENTS:
                assert (after.frame["lang"], after.frame["dir"]) == (language, direction), name
            words_of_shop = {words for _, words in before.spoken if MARK in words} - NOBODYS
            unmarked = {words for spoken, words in after.spoken if words in words_of_shop and spoken != "en"}
            mismarked = {words for spoken, words in after.spoken if MARK not in words and spoken == "en"} - NAMES
            assert (unmarked, mismarked) == (set(), set()), (language, name)
            left = {words for words in before.found & after.found if words not in SAME[language] | NAMES}
            if left:
                forgotten[f"{language} {name}"] = left
    assert forgotten == {}
