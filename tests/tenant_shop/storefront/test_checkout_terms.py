"""Terms at the checkout as the merchant wishes: a sentence, or a tick without which nothing is ordered."""

from decimal import Decimal

import pytest

from tenant_shop.models import Order, Page
from tenant_shop.orders.errors import TermsNotAgreed
from tenant_shop.orders.place import place_order
from tests.factories.catalog import ProductFactory
from tests.shopping import cart_with, everything, stocked, submission
from tests.tenant_shop.storefront.at_checkout import remaining, submit

OWN = "I agree to the terms of Harbour Kitchen."


@pytest.fixture
def checkout(selling, shopper):
    """How the checkout is opened, once the shop is configured."""
    ProductFactory(name="Stoneware mug", slug="mug", price=Decimal("24.00"), stock=5)
    shopper.follow(shopper.add("mug"))
    return lambda path="": shopper.get(f"{path}/checkout/")


def test_without_a_wish_there_is_neither(checkout):
    page = checkout()
    assert "terms" not in remaining(page)
    assert "id_terms" not in page.content.decode()


def test_a_sentence_is_shown_and_asks_for_nothing(checkout, shopper, configure):
    configure(terms_text=OWN, languages=["de"])
    page = checkout()
    assert f"<p>{OWN}</p>" in page.content.decode()
    assert submit(shopper, page).status_code == 302
    assert "agreed_to" not in Order.objects.get().metadata


def test_a_tick_is_asked_for_and_kept_with_the_order(checkout, shopper, configure, standing):
    configure(terms_text=OWN, terms_need_tick=True)
    Page.objects.filter(slug="terms").update(is_published=True)
    page, before = checkout(), standing()
    assert '<a href="/pages/terms/">Terms</a>' in page.content.decode()

    refused = submit(shopper, page)

    assert refused.status_code == 422
    text = refused.content.decode()
    assert text.count("Please agree to the terms of this shop.") == 2
    assert 'href="#id_terms"' in text
    assert standing() == before
    assert submit(shopper, refused, terms="on").status_code == 302
    assert Order.objects.get().metadata["agreed_to"] == OWN


def test_without_words_of_the_merchant_the_tick_has_ours_in_the_readers_language(checkout, configure):
    configure(terms_need_tick=True, languages=["de"])
    assert "<span>I have read the terms and agree to them.</span>" in checkout().content.decode()
    assert "<span>Ich habe die Bedingungen gelesen und stimme ihnen zu.</span>" in checkout("/de").content.decode()
    configure(terms_need_tick=True, terms_text=OWN, languages=["de"])
    assert f'<span lang="en">{OWN}</span>' in checkout("/de").content.decode()


def test_updating_the_total_keeps_the_tick_as_it_is(checkout, shopper, configure):
    configure(terms_need_tick=True)
    page = checkout()
    assert "terms" not in remaining(submit(shopper, page, action="reprice"))
    assert remaining(submit(shopper, page, action="reprice", terms="on"))["terms"] == "on"


def test_whoever_goes_around_the_form_orders_nothing(selling, configure):
    configure(terms_need_tick=True)
    cart_id = cart_with((stocked(), 1))
    sent, before = submission(cart_id), everything()
    with pytest.raises(TermsNotAgreed):
        place_order(**sent)
    assert everything() == before
    assert place_order(**sent, agreed_to="Yes").metadata["agreed_to"] == "Yes"
