"""Asking to be told on a sold-out product's page, and leaving the list."""

import re

import pytest
from django.core import mail
from django.utils import timezone

from platform_core.tenancy.context import tenant_context
from tenant_shop.inventory.receive import receive_stock
from tenant_shop.models import StockAlert
from tenant_shop.restock import wake
from tenant_shop.restock.ask import ask_to_be_told
from tenant_shop.restock.errors import NotAwaitable
from tenant_shop.restock.tell import tell_waiting
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.shopper import Shopper, forms_in

ASK = "/products/shirt/notify/"
THANKS = "We will write to you once, as soon as it is back."


@pytest.fixture(autouse=True)
def nobody_counted(monkeypatch):
    monkeypatch.setattr(wake.tell_waiting_task, "delay", lambda variant_ids: None)


@pytest.fixture
def shirt(selling):
    shirt = ProductFactory(name="Linen shirt", slug="shirt", default_variant=False)
    VariantFactory(product=shirt, options={"Size": "S"}, position=1)
    VariantFactory(product=shirt, options={"Size": "M"}, position=2, stock=3)
    return shirt


def asked():
    return sorted(StockAlert.objects.values_list("email", "variant__options__Size", "language"))


def test_the_form_stands_where_something_is_sold_out_and_only_there(shirt, shopper):
    ProductFactory(slug="piece", visibility="catalog_only")
    for path, stands in (
        ("/products/shirt/?Size=S", True),
        ("/products/shirt/?Size=M", False),
        ("/products/piece/", False),
    ):
        assert any(form.id == "notify" for form in forms_in(shopper.get(path))) is stands, path


def test_asking_works_by_the_form_alone_and_leads_back_to_the_variant(shirt, shopper):
    page = shopper.get("/products/shirt/", Size="S")
    answer = shopper.submit(page, ASK, email=" Ann@Example.COM ")
    assert (answer.status_code, answer["Location"]) == (302, "/products/shirt/?Size=S")
    assert THANKS in shopper.follow(answer).content.decode()
    assert asked() == [("ann@example.com", "S", "en")]


def test_the_answer_is_the_same_whether_the_address_was_known_or_not(shirt):
    first, second = Shopper(), Shopper()
    answers = []
    for shopper in (first, second):
        page = shopper.get("/products/shirt/", Size="S")
        answer = shopper.submit(page, ASK, email="ann@example.com")
        answers.append((answer.status_code, answer["Location"], shopper.follow(answer).content))
    assert answers[0] == answers[1]
    assert len(asked()) == 1


def test_what_is_no_address_is_said_beside_the_field_and_nothing_is_kept(shirt, shopper):
    page = shopper.get("/products/shirt/", Size="S")
    for email in ("", "ann", "ann@", "a\x00@example.com", "x" * 300 + "@example.com", "ann@example.com\nBcc: x@y.z"):
        answer = shopper.submit(page, ASK, email=email)
        assert answer.status_code == 422, email[:20]
        assert "Please give your e-mail address." in answer.content.decode()
    for variant in ("", "x", str(ProductFactory().variant_rows.get().pk)):
        assert shopper.submit(page, ASK, email="ann@example.com", variant=variant).status_code == 422
    assert asked() == []


def test_a_form_of_another_site_is_refused(shirt):
    variant = shirt.variant_rows.first()
    data = {"email": "ann@example.com", "variant": str(variant.pk)}
    assert Shopper(sec_fetch_site="cross-site").post(ASK, data).status_code == 403
    assert asked() == []


def test_a_product_that_is_gone_cannot_be_awaited(shirt, shopper):
    page = shopper.get("/products/shirt/", Size="S")
    type(shirt).objects.update(status="archived")
    answer = shopper.submit(page, ASK, email="ann@example.com")
    assert answer.status_code == 404
    assert "This product is no longer sold here." in answer.content.decode()
    assert asked() == []


def test_what_is_only_shown_cannot_be_awaited_whoever_forges_the_form(shirt, shopper):
    page = shopper.get("/products/shirt/", Size="S")
    for change in ({"visibility": "catalog_only"}, {"visibility": "visible", "status": "active"}):
        type(shirt).objects.update(**change)
        shirt.variant_rows.filter(position=1).update(is_active=change["visibility"] != "visible")
        answer = shopper.submit(page, ASK, email="ann@example.com")
        assert answer.status_code == 422, change
        assert asked() == []
    with pytest.raises(NotAwaitable):
        ask_to_be_told(shirt.variant_rows.get(position=1).pk, email="ann@example.com", language="en")
    assert asked() == []


def test_hundreds_of_requests_are_slowed_down(shirt, shopper):
    page = shopper.get("/products/shirt/", Size="S")
    codes = [shopper.submit(page, ASK, email=f"{number}@example.com").status_code for number in range(23)]
    assert codes == [302] * 20 + [429] * 3
    assert len(asked()) == 20


def test_a_look_at_the_link_changes_nothing_and_the_button_ends_it(shirt, shopper):
    variant = shirt.variant_rows.get(position=1)
    shopper.submit(shopper.get("/products/shirt/", Size="S"), ASK, email="ann@example.com")
    receive_stock({variant.pk: 1})
    assert tell_waiting(timezone.now()) == 1
    path = re.search(r"/notify/leave/\S+/", mail.outbox[0].body)[0]
    stranger = Shopper()
    page = stranger.get(path)
    assert (page.status_code, len(asked())) == (200, 1)
    assert "ann@example.com" not in page.content.decode()
    assert '<meta name="robots" content="noindex">' in page.content.decode()
    answer = stranger.post(path, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, asked()) == (200, [])
    assert "You get no more such mails" in stranger.get(path).content.decode()


def test_forged_links_are_answered_calmly(shirt, shopper):
    shopper.submit(shopper.get("/products/shirt/", Size="S"), ASK, email="ann@example.com")
    for token in ("x", "a:b", "%25", "🧥"):
        assert shopper.get(f"/notify/leave/{token}/").status_code == 200
        assert shopper.post(f"/notify/leave/{token}/", {}).status_code == 200
    assert len(asked()) == 1


def test_the_trade_look_leads_from_a_sold_out_line_to_the_form(make_shop, configure):
    with tenant_context(make_shop("acme", theme_config={"look": "market"})):
        configure()
        shirt = ProductFactory(slug="shirt", default_variant=False)
        small = VariantFactory(product=shirt, options={"Size": "S & M"}, position=1)
        VariantFactory(product=shirt, options={"Size": "L"}, position=2, stock=3)
    shopper = Shopper()
    page = shopper.get("/products/shirt/").content.decode()
    assert page.count('href="/products/shirt/?Size=S+%26+M#notify"') == 1
    assert 'href="/products/shirt/?Size=L#notify"' not in page
    (form,) = [form for form in forms_in(shopper.get("/products/shirt/?Size=S+%26+M")) if form.id == "notify"]
    assert form.fields["variant"] == str(small.pk)


def test_the_trade_look_says_which_variant_its_page_is_about(make_shop, configure):
    with tenant_context(make_shop("acme", theme_config={"look": "market"})):
        configure()
        shirt = ProductFactory(slug="shirt", default_variant=False)
        VariantFactory(product=shirt, options={"Size": "S"}, position=1)
        VariantFactory(product=shirt, options={"Size": "L"}, position=2, stock=300)
        ProductFactory(slug="mug", stock=300)
    shopper = Shopper()

    page = shopper.get("/products/shirt/?Size=S").content.decode()
    assert "<bdi>S</bdi> · Sold out at the moment" in page
    assert "Tell me when it is back · <bdi>S</bdi>" in page
    assert marked_lines(page) == ["S"]

    page = shopper.get("/products/shirt/?Size=L").content.decode()
    assert "<bdi>L</bdi> · In stock" in page
    assert marked_lines(page) == ["L"]

    assert marked_lines(shopper.get("/products/mug/").content.decode()) == []


def marked_lines(page: str) -> list[str]:
    return re.findall(r'<tr class="order-line[^>]*aria-current="true">[^$]*?order-line__variant">([^<]*)<', page)
