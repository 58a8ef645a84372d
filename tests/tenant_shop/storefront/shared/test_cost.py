"""What a shared page costs, and who gets one."""

import gzip

import pytest

from platform_core.tenancy.context import tenant_context
from tenant_shop.catalog import known_version
from tenant_shop.models import ProductVariant
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.shopper import Shopper, headers_of

SHARED = ("/", "/products/", "/products/?sort=price&page=1", "/categories/kitchen/", "/products/mug/")


@pytest.mark.parametrize("path", SHARED)
def test_the_second_stranger_costs_one_word_with_redis_and_no_statement(path, mug, cost):
    first, second = Shopper(), Shopper()
    with cost() as spent:
        made = first.get(path)
    assert spent.statements > 0
    assert spent.asked == ["MGET", "SET"]
    with cost() as spent:
        shown = second.get(path)
    assert (spent.statements, spent.asked) == (0, ["MGET"])
    assert shown.status_code == made.status_code == 200
    assert shown.content == made.content
    assert headers_of(shown) == headers_of(made)
    assert first.cookies == second.cookies == set()


def test_a_version_that_nobody_told_is_read_once(mug, cost, kept):
    Shopper().get("/products/")
    kept.forget()
    with cost() as made:
        Shopper(Authorization="none").get("/products/")
    kept.forget()
    for asked, statements in ((["MGET", "TIME", "EVAL", "SET"], made.statements + 1), (["MGET"], 0)):
        with cost() as spent:
            Shopper().get("/products/")
        assert (spent.asked, spent.statements) == (asked, statements)


def test_a_page_outlives_the_belief_in_its_version(mug, cost, kept):
    """When nothing has changed, one statement says so, and the page is good again."""
    made = Shopper().get("/products/")
    kept.client.delete(kept.version)
    with cost() as spent:
        shown = Shopper().get("/products/")
    assert (spent.asked, spent.statements) == (["MGET", "TIME", "EVAL"], 1)
    assert shown.content == made.content
    assert 0 < kept.client.pttl(kept.version) <= known_version.BELIEVED_FOR


def test_a_known_visitor_costs_the_session_and_the_cart(mug, cost):
    shopper = Shopper()
    shopper.follow(shopper.add("mug"))
    Shopper().get("/products/")
    with cost() as spent:
        page = shopper.get("/products/")
    assert (spent.statements, spent.asked) == (2, ["MGET"])
    assert b'class="cart-count">1<' in page.content


def test_what_was_never_shared_asks_redis_nothing(mug, cost):
    for path in ("/cart/", "/account/", "/healthz", "/robots.txt", "/media/none.webp"):
        with cost() as spent:
            Shopper().get(path)
        assert spent.asked in ([], ["MGET"]), path
        assert ("robots" in path) == bool(spent.asked), path
    with cost() as spent:
        Shopper().get("/products/?q=mug")
    assert spent.asked == ["SET"]  # who searches, so that each counts once


@pytest.mark.parametrize(
    "query",
    ["q=mug", "colour=red", "sort=" + "x" * 33, "page=1&page=2&page=3&page=4&page=5", "sort=%3Cscript%3E", "=", "page"],
)
def test_no_visitor_can_make_redis_keep_what_they_invent(query, mug, kept):
    Shopper().get("/products/")
    before = kept.pages()
    assert Shopper().get(f"/products/?{query}").status_code == 200
    assert kept.pages() == before


def test_places_for_pages_are_numbered(mug, kept):
    for number in range(40):
        Shopper().get(f"/products/?page={number}")
    keys = kept.pages()
    assert keys
    assert all(int(key.rpartition(b":")[2]) < 4096 for key in keys)


def test_a_page_that_has_anothers_place_is_not_shown(mug, monkeypatch):
    monkeypatch.setattr("tenant_shop.storefront.shared.address.PLACES", 1)
    for _ in range(2):
        assert b"<h1>Mug</h1>" in Shopper().get("/products/mug/").content
        assert b"<h1>Kitchen</h1>" in Shopper().get("/categories/kitchen/").content


def test_where_a_visitor_came_from_makes_no_page_of_its_own(mug, cost):
    made = Shopper().get("/products/?sort=name")
    with cost() as spent:
        shown = Shopper().get("/products/?utm_source=letter&sort=name&gclid=abc123")
    assert (spent.asked, spent.statements) == (["MGET"], 0)
    assert shown.content == made.content
    page = Shopper().get("/products/?utm_source=newsletter&page=2")
    assert b"newsletter" not in page.content


def test_foreign_hosts_ports_and_spellings_keep_nothing(mug, kept):
    for host in ("ACME.localhost", "acme.localhost:1", "acme.localhost."):
        assert Shopper(host).get("/products/").status_code == 200
    assert kept.pages() == {}


def test_each_host_of_a_shop_has_its_own_pages(make_shop, cost):
    shop = make_shop("globex", domain="globex.example")
    with tenant_context(shop):
        ProductFactory(name="Mug", slug="mug", stock=1)
    for host in ("globex.example", "globex.example:8000"):
        with cost() as spent:
            Shopper(host).get("/products/mug/")
        assert spent.asked[-1] == "SET", host


def test_two_shops_with_the_same_paths_never_meet(mug, make_shop):
    other = make_shop("globex")
    with tenant_context(other):
        ProductFactory(name="Cup", slug="mug", stock=1)
    for _ in range(2):
        assert b"<h1>Mug</h1>" in Shopper().get("/products/mug/").content
        assert b"<h1>Cup</h1>" in Shopper("globex.localhost").get("/products/mug/").content


def test_a_page_that_is_too_large_is_shown_and_not_kept(mug, kept, monkeypatch):
    monkeypatch.setattr("tenant_shop.storefront.shared.page.LARGEST_BODY", 500)
    for _ in range(2):
        assert b"Mug" in Shopper().get("/products/").content
    assert kept.pages() == {}


def test_what_is_not_found_is_not_kept(mug, kept):
    assert Shopper().get("/products/nothing/").status_code == 404
    assert Shopper().get("/products").status_code == 301
    assert kept.pages() == {}
    ProductFactory(name="Nothing", slug="nothing", stock=1)
    assert Shopper().get("/products/nothing/").status_code == 200


def test_a_browser_asks_each_time_and_is_told_when_it_has_the_page(mug):
    page = Shopper().get("/products/mug/")
    assert page["Cache-Control"] == "private, no-cache"
    assert page["Vary"] == "Accept-Encoding, Cookie"
    again = Shopper(**{"If-None-Match": page["ETag"]}).get("/products/mug/")
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == page["ETag"]
    assert again["Cache-Control"] == "private, no-cache"
    ProductVariant.objects.update(price="13.00")
    changed = Shopper(**{"If-None-Match": page["ETag"]}).get("/products/mug/")
    assert changed.status_code == 200
    assert "€13.00" in changed.content.decode()


def test_a_known_visitor_is_never_told_to_show_the_strangers_page(mug):
    stranger = Shopper().get("/products/")
    shopper = Shopper(**{"If-None-Match": stranger["ETag"]})
    shopper.follow(shopper.add("mug"))
    page = shopper.get("/products/")
    assert page.status_code == 200
    assert page["Cache-Control"] == "private, no-cache"
    assert "Cookie" in page["Vary"]
    assert b'class="cart-count">1<' in page.content


def test_clients_that_accept_it_get_the_page_compressed(mug):
    plain = Shopper().get("/products/")
    assert "Content-Encoding" not in plain
    for accepted in ("gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.5", "gzip;q=0.1"):
        page = Shopper(**{"Accept-Encoding": accepted}).get("/products/")
        assert page["Content-Encoding"] == "gzip", accepted
        assert gzip.decompress(page.content) == plain.content
        assert page["ETag"] == plain["ETag"]
    for refused in ("gzip;q=0", "br", "identity", "gzip;q=0.0, br"):
        assert Shopper(**{"Accept-Encoding": refused}).get("/products/").content == plain.content, refused


def test_head_is_answered_like_get_and_keeps_nothing(mug, kept, cost):
    shopper = Shopper()
    ask = lambda: shopper.client.head("/products/", headers={"host": shopper.host})  # noqa: E731
    assert ask().status_code == 200
    assert kept.pages() == {}
    page = shopper.get("/products/")
    with cost() as spent:
        head = ask()
    assert (spent.statements, spent.asked) == (0, ["MGET"])
    assert head.content == b""
    assert head["ETag"] == page["ETag"]


def test_a_fragment_or_a_login_never_meets_shared_pages(mug, cost):
    Shopper().get("/products/")
    for headers in ({"HX-Request": "true"}, {"Authorization": "Bearer x"}):
        with cost() as spent:
            assert Shopper(**headers).get("/products/").status_code == 200
        assert spent.asked == []


def test_forms_are_never_answered_from_redis(mug, cost):
    Shopper().get("/products/mug/")
    with cost() as spent:
        assert Shopper().post("/products/mug/", {}).status_code == 403
    assert spent.asked == []


def test_an_address_that_the_shops_pages_link_to_is_kept_and_an_invented_one_is_not(mug, kept, cost):
    VariantFactory(product=mug.product, sku="BIG", options={"Size": "Big"}, stock=4)
    ProductVariant.objects.filter(pk=mug.pk).update(options={"Size": "Small"})
    for query in ("Size=Huge", "Size=Big&x=1", "x=1", "reviews=9", "Colour=Red"):
        assert Shopper().get(f"/products/mug/?{query}").status_code == 200
    assert kept.pages() == {}
    Shopper().get("/products/mug/?Size=Big")
    with cost() as spent:
        assert "BIG" in Shopper().get("/products/mug/?Size=Big").content.decode()
    assert (spent.statements, spent.asked) == (0, ["MGET"])


def test_a_page_for_one_visitor_is_compressed_too(mug, settings):
    known = Shopper()
    known.follow(known.add("mug"))
    known.headers = {"Accept-Encoding": "gzip"}
    for shared in (True, True, False):
        settings.SHARED_PAGES = shared
        for path in ("/products/", "/products/?q=mug"):
            page = known.get(path)
            assert page["Content-Encoding"] == "gzip"
            assert "Accept-Encoding" in page["Vary"]
            assert b'class="cart-count">1<' in gzip.decompress(page.content)
    assert "Content-Encoding" not in known.get("/cart/")  # it holds a form's token
