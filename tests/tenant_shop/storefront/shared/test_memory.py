"""Pages that a process has at hand: asked about each time, bounded, and over when their time is."""

import pytest
from django.utils import timezone

from tenant_shop.models import Product
from tenant_shop.storefront.shared import memory, store
from tenant_shop.storefront.shared.memory import OVERHEAD, recall, remember
from tenant_shop.storefront.shared.page import Page
from tests.shopper import Shopper, headers_of


@pytest.fixture
def room(settings):
    """Sets how many bytes may be at hand."""

    def make(size: int) -> None:
        settings.SHARED_PAGES_MEMORY = size

    make(1_000_000)
    return make


def a_page(digest: str, *, size: int = 100, until: int = 1000) -> Page:
    return Page(digest, 1, until, "en", (), "etag", b"x" * size)


def test_a_page_at_hand_costs_one_word_of_which_only_the_version_comes_back(mug, room, cost):
    made = Shopper().get("/products/mug/")
    with cost() as spent:
        shown = Shopper().get("/products/mug/")
    assert (spent.statements, spent.asked) == (0, ["GET"])
    assert (shown.content, headers_of(shown)) == (made.content, headers_of(made))


def test_a_page_that_another_process_made_is_at_hand_from_then_on(mug, room, cost):
    made = Shopper().get("/products/mug/").content
    memory.forget_all()
    for asked in (["MGET"], ["GET"]):
        with cost() as spent:
            assert Shopper().get("/products/mug/").content == made
        assert (spent.statements, spent.asked) == (0, asked)


def test_the_page_that_another_process_made_after_an_edit_takes_the_old_ones_place(mug, room, cost):
    Shopper().get("/products/mug/")
    old = dict(memory._pages)
    Product.objects.update(name="Beaker")
    Shopper().get("/products/mug/")
    memory._pages.update(old)  # as in the process that did not make it
    for asked in (["GET", "MGET"], ["GET"]):
        with cost() as spent:
            assert "<h1>Beaker</h1>" in Shopper().get("/products/mug/").content.decode()
        assert (spent.statements, spent.asked) == (0, asked)


def test_a_page_at_hand_outlives_the_belief_in_its_version(mug, room, cost, kept):
    made = Shopper().get("/products/mug/").content
    kept.client.delete(kept.version)
    with cost() as spent:
        assert Shopper().get("/products/mug/").content == made
    assert (spent.statements, spent.asked) == (1, ["GET", "TIME", "EVAL"])


def test_while_redis_is_silent_nothing_at_hand_is_shown(mug, room, settings, cost):
    Shopper().get("/products/mug/")
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    from tests.tenant_shop.storefront.shared.conftest import start_anew

    pages = dict(memory._pages)
    start_anew()
    memory._pages.update(pages)
    with cost() as spent:
        assert Shopper().get("/products/mug/").status_code == 200
    assert spent.statements > 0


def test_a_page_is_at_hand_no_longer_than_redis_would_keep_it(mug, room, cost, monkeypatch):
    Shopper().get("/products/mug/")
    later = timezone.now() + store.LIFE
    monkeypatch.setattr(timezone, "now", lambda: later)
    with cost() as spent:
        Shopper().get("/products/mug/")
    assert spent.asked[0] == "MGET"


def test_what_is_at_hand_takes_no_more_room_than_it_may(room):
    room(3 * (OVERHEAD + 100))
    memory.forget_all()
    for digest in "abcd":
        remember(a_page(digest))
    assert [recall(digest, 0) is not None for digest in "abcd"] == [False, True, True, True]
    remember(a_page("b", size=OVERHEAD + 200))  # as large as two: what was learned first goes
    assert [recall(digest, 0) is not None for digest in "abcd"] == [False, True, False, True]
    remember(a_page("e", size=3 * OVERHEAD))
    assert recall("e", 0) is None
    assert memory._taken == 2 * OVERHEAD + 200 + OVERHEAD + 100
    memory.forget_all()


def test_a_page_is_over_at_its_time(room):
    memory.forget_all()
    remember(a_page("a", until=1000))
    assert recall("a", 999) is not None
    assert recall("a", 1000) is None
    memory.forget_all()


def test_no_room_means_no_page_at_hand(room):
    room(0)
    remember(a_page("a"))
    assert recall("a", 0) is None
