"""A group's prices are shown to its customers, on every page, and never to anybody else."""

import pytest

from tenant_shop.customers.models import Customer
from tests.accounts import account, logged_in
from tests.pricing import group_with, offer, price_list, sold_in
from tests.shopper import Shopper
from tests.tenant_shop.storefront.shared.test_personal import SHARED, kept_texts

OWN, NORMAL = "€7.77", "€12.00"


@pytest.fixture
def dealer(mug) -> Shopper:
    """Logged in, and buys mugs for 7.77, five for 6.66 each."""
    prices = price_list(group_with(account("dealer@example.com")))
    offer(prices, "7.77", product=mug.product)
    offer(prices, "6.66", product=mug.product, min_quantity=5)
    return logged_in("dealer@example.com")


def test_each_sees_their_own_price_whoever_came_first(dealer, mug, kept):
    account("plain@example.com")
    plain = logged_in("plain@example.com")
    for path in SHARED:
        kept.forget()
        first = dealer.get(path).content.decode()
        assert OWN in first, path
        assert f'<s class="price__before"><span class="visually-hidden">Normal price </span>{NORMAL}</s>' in first
        assert kept.pages() == {}
        for other in (Shopper(), plain, Shopper()):
            page = other.get(path).content.decode()
            assert NORMAL in page, path
            assert not any(secret in page for secret in (OWN, "€6.66", "Normal price", "Your price")), path
        assert OWN in dealer.get(path).content.decode(), path
    for text in kept_texts(kept):
        assert OWN not in text


def test_a_list_is_narrowed_by_the_readers_own_price_whoever_came_first(dealer, mug, kept):
    """The mug costs the dealer 7.77 and everybody else 12.00."""
    cheap, dear = "/products/?price=7-8", "/products/?price=11-13"
    for first, second in ((dealer, Shopper()), (Shopper(), dealer)):
        kept.forget()
        for reader in (first, second, first):
            seen = ["/products/mug/" in reader.get(path).content.decode() for path in (cheap, dear)]
            assert seen == ([True, False] if reader is dealer else [False, True])
    for text in kept_texts(kept):
        assert OWN not in text


def test_who_leaves_the_group_or_logs_out_sees_the_normal_price(dealer, mug, kept):
    assert OWN in dealer.get("/products/mug/").content.decode()
    Customer.objects.update(group=None)
    page = dealer.get("/products/mug/").content.decode()
    assert (OWN in page, NORMAL in page) == (False, True)


def test_an_own_page_may_be_kept_by_nobody_but_the_browser(dealer, kept):
    page = dealer.get("/products/mug/")
    assert page["Cache-Control"] == "private, no-cache"
    assert "Cookie" in page["Vary"]
    assert "ETag" not in page.headers


def test_strangers_pay_for_groups_no_statement_and_known_visitors_none_either(dealer, mug, cost):
    account("plain@example.com")
    plain = logged_in("plain@example.com")
    Shopper().get("/products/mug/")
    with cost() as spent:
        Shopper().get("/products/mug/")
    assert (spent.statements, spent.asked) == (0, ["MGET"])
    with cost() as spent:
        plain.get("/products/mug/")
    assert spent.statements == 2  # the session, and the customer with cart and group


def test_a_page_of_the_groups_own_costs_one_statement_more(dealer, mug, cost, settings):
    account("plain@example.com")
    plain = logged_in("plain@example.com")
    settings.SHARED_PAGES = False
    with cost() as normal:
        plain.get("/products/mug/")
    with cost() as own:
        dealer.get("/products/mug/")
    assert own.statements == normal.statements + 1


def test_how_many_are_sold_at_once_is_said_to_everybody(mug, kept):
    assert "Sold in packs" not in Shopper().get("/products/mug/").content.decode()
    sold_in(1, 6, product=mug.product)
    page = Shopper().get("/products/mug/").content.decode()
    assert "Sold in packs of 6." in page
    assert 'name="quantity" value="6" min="6" step="6"' in page
    assert any("Sold in packs of 6." in text for text in kept_texts(kept))
