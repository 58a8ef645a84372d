"""Drafts are seen by the shop's people, and by nobody else."""

from uuid import uuid4

import pytest

from platform_core.accounts.models import TenantAccess
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.people import staff_browser


@pytest.fixture
def draft(selling):
    draft = ProductFactory(name="Secret mug", slug="secret", status="draft", default_variant=False)
    for size in ("S", "L"):
        VariantFactory(product=draft, options={"Size": size}, stock=1)
    return draft


def test_staff_see_a_draft_with_a_banner_and_can_choose_but_not_buy(draft, selling):
    browser = staff_browser(selling)
    page = browser.get(f"/products/preview/{draft.pk}/?Size=L")
    text = page.content.decode()
    assert page.status_code == 200
    assert "Secret mug" in text
    assert "Shoppers do not see this product as long as it is: Draft." in text
    assert f'href="/products/preview/{draft.pk}/?Size=S"' in text
    assert '<meta name="robots" content="noindex">' in text
    assert page["X-Robots-Tag"] == "noindex"
    assert "no-store" in page["Cache-Control"]
    assert 'type="submit" disabled' in text


@pytest.mark.parametrize(
    ("values", "state"),
    [({"status": "archived"}, "Archived"), ({"visibility": "hidden"}, "Hidden"), ({"status": "inactive"}, "Inactive")],
)
def test_every_state_can_be_previewed(selling, values, state):
    product = ProductFactory(stock=1, **values)
    assert (
        f"as long as it is: {state}." in staff_browser(selling).get(f"/products/preview/{product.pk}/").content.decode()
    )


def test_nobody_else_learns_that_it_exists(draft, selling, shopper):
    nothing = shopper.get(f"/products/preview/{uuid4()}/")
    answer = shopper.get(f"/products/preview/{draft.pk}/")
    assert answer.status_code == nothing.status_code == 404
    assert b"Secret" not in answer.content
    assert shopper.get("/products/secret/").status_code == 404
    assert shopper.cookies == set()


def test_access_that_was_taken_back_ends_at_once(draft, selling):
    browser = staff_browser(selling)
    TenantAccess.objects.all().delete()
    assert browser.get(f"/products/preview/{draft.pk}/").status_code == 404


def test_the_people_of_another_shop_are_strangers(draft, selling, make_shop):
    other = make_shop("globex")
    browser = staff_browser(other)
    assert browser.get(f"/products/preview/{draft.pk}/").status_code == 404
    browser.defaults["SERVER_NAME"] = "acme.localhost"
    assert browser.get(f"/products/preview/{draft.pk}/").status_code == 404


def test_the_back_office_leads_there(draft, selling):
    page = staff_browser(selling).get(f"/admin/tenant_shop/product/{draft.pk}/change/").content.decode()
    assert f'href="/products/preview/{draft.pk}/"' in page
