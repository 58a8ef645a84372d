"""The merchant's own pages: safe to show, drafts for the shop's people only, in the footer when they are published."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.pages.models import Page
from tenant_shop.pages.render import page_html
from tests.people import staff_browser


@pytest.mark.parametrize(
    "body",
    [
        "<svg onload=alert(1)>",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "![a](javascript:alert(1))",
        "<a href='vbscript:x'>x</a>",
        "<style>*{display:none}</style>",
        "[a]: javascript:alert(1)\n\n[a]",
        "`</code><script>alert(1)</script>`",
    ],
)
def test_nothing_in_a_page_can_act(body):
    html = page_html(body)
    tags = html.replace("&lt;", "")
    assert "<svg" not in tags
    assert "<script" not in tags
    assert "<style" not in tags
    assert "<img src=x" not in html
    assert 'href="javascript' not in html.lower()
    assert 'href="data' not in html
    assert 'src="javascript' not in html


def test_markdown_becomes_headings_lists_tables_and_links():
    html = page_html(
        "# One\n\n###### Six\n\n- a\n\n| A |\n|---|\n| b |\n\n[x](/products/)", address=lambda url: "/de" + url
    )
    assert "<h2>One</h2>" in html
    assert "<h3>Six</h3>" in html
    assert "<li>a</li>" in html
    assert "<td>b</td>" in html
    assert '<a href="/de/products/" rel="noopener">x</a>' in html


def test_pictures_in_markdown_wait_and_come_from_where_pages_may_load_them():
    html = page_html("![A](https://a.example/b.png) ![](/media/c.png) ![D](http://d.example/e.png)")
    assert '<img src="https://a.example/b.png" alt="A" loading="lazy" decoding="async">' in html
    assert '<img src="/media/c.png" alt="" loading="lazy" decoding="async">' in html
    assert html.count("<img") == 2


def test_template_words_are_text(selling, shopper):
    Page.objects.create(title="{{ settings.SECRET_KEY }}", slug="odd", body="{% load static %}", is_published=True)
    page = shopper.get("/pages/odd/").content.decode()
    assert "{{ settings.SECRET_KEY }}" in page
    assert "{% load static %}" in page


def test_a_published_page_is_there_in_three_statements(selling, shopper, count_statements):
    Page.objects.filter(slug="about").update(is_published=True, body="We bake.", meta_description="Who we are.")
    shopper.get("/cart/")  # the process learns the shop and its languages once
    with count_statements() as statements:
        page = shopper.get("/pages/about/")
    assert statements.count == 3
    assert page.status_code == 200
    assert "<p>We bake.</p>" in page.content.decode()
    assert '<meta name="description" content="Who we are.">' in page.content.decode()


def test_a_draft_is_there_for_the_shops_people_only(selling, shopper):
    Page.objects.filter(slug="terms").update(body="Secret terms.")
    assert shopper.get("/pages/terms/").status_code == 404
    assert shopper.get("/pages/nothing/").status_code == 404

    seen = staff_browser(selling, AccessRole.VIEWER).get("/pages/terms/")

    assert seen.status_code == 200
    assert b"Secret terms." in seen.content
    assert b"noindex" in seen.content
    assert "no-store" in seen["Cache-Control"]
    assert shopper.get("/pages/terms/").status_code == 404


def test_the_footer_has_the_published_pages_in_order(selling, shopper, count_statements):
    assert shop_settings().footer_pages == ()
    Page.objects.filter(slug__in=["about", "terms", "privacy"]).update(is_published=True)
    Page.objects.filter(slug="terms").update(show_in_footer=False)
    Page.objects.filter(slug="privacy").update(position=0)

    assert shop_settings().footer_pages == (("Privacy", "privacy"), ("About us", "about"))
    assert '<a href="/pages/privacy/">Privacy</a>' in shopper.get("/cart/").content.decode()

    Page.objects.all().delete()
    assert shop_settings().footer_pages == ()


def test_a_shop_starts_with_drafts(shop):
    assert sorted(Page.objects.values_list("slug", "is_published")) == [
        ("about", False),
        ("privacy", False),
        ("returns", False),
        ("shipping", False),
        ("terms", False),
    ]


@pytest.mark.parametrize("slug", ["Cart", "a b", "-a", "a--b", "", "ä"])
def test_an_address_is_lower_case_letters_digits_and_hyphens(shop, slug):
    with pytest.raises(IntegrityError), shop_transaction():
        Page.objects.create(title="X", slug=slug)


@pytest.mark.parametrize("slug", ["cart", "products", "quick-order"])
def test_words_of_the_shops_own_addresses_are_reserved(slug):
    with pytest.raises(ValidationError, match="shop's own addresses"):
        Page(title="X", slug=slug).clean_fields()


def test_pages_are_written_in_the_back_office(selling, shopper):
    browser = staff_browser(selling)
    new = {"title": "Care", "slug": "care", "body": "Wash cold.", "is_published": "on", "position": "9"}

    refused = browser.post("/admin/tenant_shop/page/add/", {**new, "slug": "cart"})
    made = browser.post("/admin/tenant_shop/page/add/", new)

    assert "own addresses" in refused.content.decode()
    assert made.status_code == 302
    assert b"Wash cold." in shopper.get("/pages/care/").content
    assert staff_browser(selling, AccessRole.VIEWER).get("/admin/tenant_shop/page/add/").status_code == 403
