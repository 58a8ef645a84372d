"""Which version of the terms was agreed to: at the checkout, for a company, and with an account."""

from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo, current_tenant
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.consents import CustomerConsent
from tenant_shop.customers.export import export_of
from tenant_shop.customers.register import Applicant, open_account, register
from tenant_shop.models import Order, Page
from tenant_shop.orders.errors import TermsChanged
from tenant_shop.orders.place import place_order
from tenant_shop.pages.legal import TERMS
from tenant_shop.pages.terms import TermsVersion
from tests.accounts import PASSWORD, mails, token_in
from tests.factories.catalog import ProductFactory
from tests.people import staff_browser
from tests.shopper import Shopper
from tests.shopping import cart_with, everything, stocked, submission
from tests.tenant_shop.storefront.test_purchase import BUYER

CHANGED = "The terms of this shop have changed meanwhile. Please look at them again. Nothing has been ordered."


def publish(body: str = "You pay, we send.", slug: str = "terms") -> str:
    """The digest that holds from then on."""
    Page.objects.filter(slug=slug).update(is_published=True, body=body)
    return shop_settings().terms_version


def test_a_shop_without_such_pages_has_no_version(selling: Any) -> None:
    assert shop_settings().terms_version == ""
    assert "terms_version" not in place_order(**submission(cart_with((stocked(), 1)))).metadata


@pytest.mark.parametrize("slug", TERMS)
def test_each_page_that_binds_makes_a_version_and_no_other_page_does(selling: Any, slug: str) -> None:
    assert publish(slug="about") == ""
    first = publish("One", slug)
    second = publish("Two", slug)
    assert len({"", first, second}) == 3
    assert publish("One", slug) == first, "the same words are the same version"
    assert list(TermsVersion.objects.order_by("created_at").values_list("digest", "pages__0__body")) == [
        (first, "One"),
        (second, "Two"),
    ]
    Page.objects.filter(slug=slug).update(is_published=False)
    assert shop_settings().terms_version == ""


def test_the_digest_is_that_of_the_pages_as_they_were(selling: Any) -> None:
    digest = publish()
    with connections[current_tenant().alias].cursor() as cursor:
        cursor.execute("SELECT encode(sha256(convert_to(pages::text, 'UTF8')), 'hex') FROM terms_versions")
        assert cursor.fetchall() == [(digest,)]


def test_an_order_keeps_the_version_that_was_shown_and_refuses_another(selling: Any) -> None:
    shown = publish("One")
    cart_id = cart_with((stocked(), 1))
    publish("Two")
    before = everything()
    with pytest.raises(TermsChanged):
        place_order(**submission(cart_id), terms_version=shown)
    assert everything() == before
    order = place_order(**submission(cart_id), terms_version=shop_settings().terms_version)
    assert order.terms_version == shop_settings().terms_version != shown


def test_the_checkout_says_that_the_terms_have_changed_and_asks_for_the_tick_anew(
    selling: Any, shopper: Shopper, configure: Any
) -> None:
    configure(terms_need_tick=True)
    publish("One")
    ProductFactory(slug="mug", stock=5)
    shopper.follow(shopper.add("mug"))
    page = shopper.get("/checkout/")
    digest = publish("Two")
    refused = shopper.submit(page, "/checkout/", **BUYER, terms="on")
    assert refused.status_code == 409
    assert CHANGED in refused.content.decode()
    assert not Order.objects.exists()
    assert shopper.submit(refused, "/checkout/").status_code == 422, "the tick is gone"
    assert shopper.submit(refused, "/checkout/", terms="on").status_code == 302
    assert Order.objects.get().terms_version == digest


def test_an_account_keeps_the_version_and_its_owner_can_read_it(selling: Any) -> None:
    Page.objects.filter(slug="terms").update(show_in_footer=True)
    digest = publish()
    shopper = Shopper()
    page = shopper.get("/account/register/")
    assert '<a href="/pages/terms/">Terms</a>' in page.content.decode()
    shopper.submit(page, "/account/register/", email="ann@example.com", password=PASSWORD)
    publish("Later")
    customer = open_account(token_in(mails()[-1]), PASSWORD)
    consent = CustomerConsent.objects.get()
    assert (consent.kind, consent.terms_version, consent.place) == ("terms", digest, "registration")
    assert [row["terms_version"] for row in export_of(customer, at=timezone.now())["consents"]] == [digest]


def test_without_a_version_an_account_agrees_to_none(selling: Any) -> None:
    register(Applicant(email="ann@example.com", password=PASSWORD))
    open_account(token_in(mails()[-1]), PASSWORD)
    assert not CustomerConsent.objects.exists()


def test_staff_read_the_words_of_an_orders_version_after_they_have_changed(selling: TenantInfo) -> None:
    publish("Goods come **back** within a week. <script>")
    order = place_order(**submission(cart_with((stocked(), 1))), agreed_to="I agree.")
    publish("Never.")
    version = TermsVersion.objects.get(digest=order.terms_version)
    browser = staff_browser(selling)
    host = {"host": f"{selling.slug}.localhost"}
    page = browser.get(f"/admin/tenant_shop/order/{order.pk}/change/", headers=host).content.decode()
    path = f"/admin/tenant_shop/termsversion/{version.pk}/change/"
    assert f'href="{path}"' in page
    assert "I agree. · " in page
    text = browser.get(path, headers=host).content.decode()
    assert "Goods come <strong>back</strong> within a week. &lt;script&gt;" in text
    assert "Never." not in text
    assert browser.post(path, {"digest": "x"}, headers=host).status_code == 403
    assert TermsVersion.objects.get(pk=version.pk).pages == version.pages
