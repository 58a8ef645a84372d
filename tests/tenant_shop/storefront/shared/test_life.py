"""A shared page does not outlive what it says of itself: "new" begins and ends by the hour."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tenant_shop.catalog.listing import conditions
from tenant_shop.models import Product
from tenant_shop.storefront.shared import store
from tests.shopper import Shopper

HOUR = datetime(2026, 5, 4, 10, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch):
    """Sets the time that it is."""
    monkeypatch.setattr(store, "next_hour", conditions.next_hour)
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.mark.parametrize(
    ("made", "life"),
    [
        (HOUR, timedelta(minutes=10)),
        (HOUR + timedelta(minutes=49), timedelta(minutes=10)),
        (HOUR + timedelta(minutes=59, seconds=30), timedelta(seconds=30)),
    ],
)
def test_a_page_is_kept_for_ten_minutes_but_not_beyond_the_hour(mug, kept, clock, made, life):
    clock(made)
    Shopper().get("/products/mug/")

    (page,) = kept.pages()
    assert life - timedelta(seconds=20) < timedelta(milliseconds=kept.client.pttl(page)) <= life


def test_a_page_that_was_begun_before_the_hour_and_is_ready_after_it_is_not_kept(mug, kept, clock):
    place = store.Address(digest="digest", key="place", is_common=True)
    begun = store.Search(place, 1, None, HOUR - timedelta(milliseconds=1))
    clock(HOUR)
    store.keep(begun, store.Page("digest", 1, store.lives_until(begun), "en", (), "etag", b"text"))

    assert kept.pages() == {}
    assert kept.client.get("place") is None


def test_what_counts_as_new_stays_the_same_until_the_next_hour(mug, clock):
    Product.objects.update(published_at=HOUR - conditions.NEW_FOR + timedelta(seconds=1))
    for moment, is_new in (
        (HOUR, True),
        (conditions.next_hour(HOUR) - timedelta(microseconds=1), True),
        (conditions.next_hour(HOUR), False),
    ):
        clock(moment)
        since, until = conditions.new_between()
        assert (since < Product.objects.get().published_at < until) is is_new
