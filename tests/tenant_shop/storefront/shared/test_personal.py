"""Nothing of one visitor is in what others get."""

import gzip
import re

import pytest
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from platform_core.tenancy import directory
from tenant_shop.catalog.version import stored_version
from tenant_shop.models import ProductVariant, StockMovement
from tenant_shop.storefront import personal
from tenant_shop.storefront.shared.address import Address
from tenant_shop.storefront.shared.middleware import _may_be_kept
from tenant_shop.storefront.shared.view import MADE
from tests.accounts import account, logged_in
from tests.factories.catalog import VariantFactory
from tests.people import staff_browser
from tests.shopper import Shopper
from tests.shopping import order_of

SHARED = ("/", "/products/", "/categories/kitchen/", "/products/mug/")


BADGE = b'class="cart-count">17<'


def without_marks(page) -> str:
    return re.sub(r"<!--/?personal \w+-->", "", page.content.decode())


def kept_texts(kept) -> list[str]:
    return [gzip.decompress(stored.partition(b"\n")[2]).decode() for stored in kept.pages().values()]


def test_what_a_known_visitor_is_shown_is_never_kept(mug, kept):
    canary = Shopper()
    canary.follow(canary.add("mug", quantity="17"))
    kept.forget()
    for path in SHARED:
        assert BADGE in canary.get(path).content
    assert kept.pages() == {}
    for path in SHARED:
        Shopper().get(path)
        assert BADGE in canary.get(path).content
    assert len(kept_texts(kept)) == len(SHARED)
    secrets = {morsel.value for morsel in canary.client.cookies.values() if morsel.value}
    for text in kept_texts(kept):
        assert "cart-count" not in text
        assert "17 items" not in text
        assert "csrf" not in text.lower()
        assert not any(secret in text for secret in secrets)


def test_staff_get_the_page_and_leave_nothing_in_it(mug, kept, shop):
    staff = staff_browser(shop, email="canary@acme.example")
    for path in SHARED:
        assert staff.get(path).status_code == 200
    assert kept.pages() == {}
    for path in SHARED:
        Shopper().get(path)
    assert not any("canary" in text for text in kept_texts(kept))


def test_a_customer_is_in_their_own_pages_only(mug, kept):
    account("canary@example.com", first_name="Canary")
    customer = logged_in("canary@example.com")
    customer.add("mug", quantity="17")
    kept.forget()
    for path in SHARED:
        page = customer.get(path).content
        assert BADGE in page
        assert b"My account" in page
    customer.get("/account/")
    assert kept.pages() == {}
    for path in SHARED:
        assert b"My account" not in Shopper().get(path).content
        assert b"My account" in customer.get(path).content
    for text in kept_texts(kept):
        assert not any(word in text for word in ("My account", "canary", "Canary", "cart-count"))


def test_no_cookie_comes_with_a_shared_page(mug):
    for path in SHARED * 2:
        page = Shopper().get(path)
        assert not page.cookies
        assert "Set-Cookie" not in page.headers


def test_a_message_is_shown_once_to_the_visitor_it_is_for(mug):
    shopper = Shopper()
    for path in SHARED:
        Shopper().get(path)
    assert shopper.add("mug").status_code == 302
    assert "Mug is in your cart." in shopper.get("/products/").content.decode()
    assert "Mug is in your cart." not in shopper.get("/products/").content.decode()
    assert "Mug is in your cart." not in Shopper().get("/products/").content.decode()


def test_a_visitor_with_a_message_and_no_session_is_known(mug):
    stranger, visitor = Shopper().get("/products/"), Shopper()
    request = RequestFactory().get("/")
    request.session = {}
    storage = messages.storage.default_storage(request)
    storage.add(messages.SUCCESS, "We will write to you.")
    response = HttpResponse()
    storage.update(response)
    visitor.client.cookies = response.cookies
    assert "We will write to you." in visitor.get("/products/").content.decode()
    assert without_marks(visitor.get("/products/")) == without_marks(stranger)


def test_a_session_that_is_gone_leaves_a_stranger(mug):
    page, visitor = Shopper().get("/products/"), Shopper()
    visitor.client.cookies["sessionid"] = "x" * 32
    assert without_marks(visitor.get("/products/")) == without_marks(page)


def test_the_language_of_the_page_is_that_of_its_personal_parts(mug, configure):
    configure(language="en")
    shopper = Shopper()
    shopper.follow(shopper.add("mug"))
    Shopper().get("/products/")
    assert "Cart, 1 item" in shopper.get("/products/").content.decode()


@pytest.mark.parametrize(
    ("spoil", "kept"),
    [
        (lambda response: None, True),
        (lambda response: response.set_cookie("visitor", "1"), False),
        (lambda response: response.headers.__setitem__("Vary", "Cookie, User-Agent"), False),
        (lambda response: setattr(response, "status_code", 404), False),
        (lambda response: delattr(response, MADE), False),
    ],
)
def test_an_answer_that_may_be_somebodys_is_not_kept(spoil, kept):
    request, response = RequestFactory().get("/"), HttpResponse("page")
    response["Vary"] = "Cookie"
    setattr(response, MADE, "en")
    spoil(response)
    address = Address("digest", "key", is_common=True)
    assert _may_be_kept(request, response, address) is kept
    assert not _may_be_kept(RequestFactory().head("/"), response, address)


def test_a_merchants_words_cannot_mark_a_personal_part(mug):
    marked = "<!--personal cart-->x<!--/personal cart-->"
    mug.product.description = f"<p>{marked}</p>"
    mug.product.name = marked
    mug.product.save()
    page = Shopper().get("/products/mug/").content.decode()
    assert page.count("<!--personal cart-->") == 1


@pytest.mark.urls("smartseller.urls.shop")
def test_every_part_has_something_to_show_to_a_stranger():
    request = HttpRequest()
    assert personal.is_stranger(request)
    for name in personal.PARTS:
        assert personal.mark(name).startswith(f"<!--personal {name}-->")
    with pytest.raises(KeyError):
        personal.mark("unknown")


@pytest.mark.parametrize("look", ["atelier", "market"])
def test_what_raises_no_version_changes_no_page(look, mug, shop, platform):
    """A sale from plenty leaves every byte as it was: pages tell the exact stock where it is low, and nowhere else."""
    platform.update_tenant("acme", theme_config={"look": look})
    directory.forget(shop.id)
    ProductVariant.objects.filter(pk=mug.pk).update(options={"Size": "Small"})
    big = VariantFactory(product=mug.product, options={"Size": "Big"}, stock=40)
    anew = Shopper(Authorization="none")
    pages = (*SHARED, "/brands/harbour/", "/products/mug/?Size=Big", "/products/?q=mug", "/feeds/google.xml")
    before = {path: b"".join(anew.get(path)) for path in pages}
    version = stored_version()
    StockMovement.objects.create(variant=mug, delta=-1, reason="correction")
    order_of((big, 5))
    assert stored_version() == version
    for path in pages:
        assert b"".join(anew.get(path)) == before[path], path
