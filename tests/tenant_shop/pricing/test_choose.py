"""The narrowest offer holds, of equals that of the higher priority, then the cheapest; docs/pricing.md."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartseller.money import quantize
from tenant_shop.pricing.choose import Article, Break, Offer, Reach, price_breaks, unit_price

VARIANT, PRODUCT, CATEGORY, OTHER = (UUID(int=number) for number in range(1, 5))
MUG = Article(variant_id=VARIANT, product_id=PRODUCT, category_id=CATEGORY, price=Decimal("10.00"))
GOODS = {Reach.VARIANT: VARIANT, Reach.PRODUCT: PRODUCT, Reach.CATEGORY: CATEGORY, Reach.EVERYTHING: None}


def fixed(price: str, reach: Reach = Reach.PRODUCT, at: int = 1, priority: int = 0) -> Offer:
    return Offer(reach=reach, goods_id=GOODS[reach], min_quantity=at, unit_price=Decimal(price), priority=priority)


def percent(off: str, reach: Reach = Reach.PRODUCT, at: int = 1, priority: int = 0) -> Offer:
    return Offer(reach=reach, goods_id=GOODS[reach], min_quantity=at, percent_off=Decimal(off), priority=priority)


@pytest.mark.parametrize(
    ("offers", "quantity", "price"),
    [
        ([], 1, "10.00"),
        ([fixed("8.00")], 1, "8.00"),
        ([fixed("12.00")], 1, "12.00"),  # the merchant wrote it down
        ([percent("33.33")], 1, "6.67"),
        ([percent("100")], 1, "0.00"),
        ([fixed("9.00", Reach.VARIANT), fixed("5.00")], 1, "9.00"),
        ([percent("10", Reach.CATEGORY), percent("50", Reach.EVERYTHING)], 1, "9.00"),
        ([fixed("9.00"), fixed("7.00", at=10)], 9, "9.00"),
        ([fixed("9.00"), fixed("7.00", at=10)], 10, "7.00"),
        ([fixed("9.00"), percent("20")], 1, "8.00"),
        ([fixed("9.00", priority=1), percent("20")], 1, "9.00"),
        ([fixed("9.00", Reach.VARIANT), percent("50", priority=9)], 1, "9.00"),
        ([fixed("9.00", Reach.VARIANT, at=5), percent("50")], 4, "5.00"),
        ([fixed("9.00", Reach.VARIANT, at=5), percent("50")], 5, "9.00"),
    ],
)
def test_which_offer_holds(offers: list[Offer], quantity: int, price: str) -> None:
    assert unit_price(MUG, quantity, offers, "EUR") == Decimal(price)


def test_a_percentage_is_rounded_half_up_to_the_currency() -> None:
    bowl = Article(variant_id=VARIANT, product_id=PRODUCT, category_id=None, price=Decimal(1235))

    assert unit_price(bowl, 1, [percent("10")], "JPY") == Decimal(1112)
    assert unit_price(bowl, 1, [percent("10")], "KWD") == Decimal("1111.500")


def test_goods_without_a_category_are_in_none() -> None:
    loose = Article(variant_id=VARIANT, product_id=PRODUCT, category_id=None, price=Decimal(10))
    nowhere = Offer(reach=Reach.CATEGORY, goods_id=None, min_quantity=1, percent_off=Decimal(50))

    assert unit_price(loose, 1, [nowhere], "EUR") == Decimal("10.00")


def test_the_table_tells_where_the_price_changes() -> None:
    offers = [fixed("9.00", at=10), fixed("9.00", at=20), fixed("8.00", at=50)]

    assert price_breaks(MUG, offers, "EUR") == (
        Break(1, Decimal("10.00")),
        Break(10, Decimal("9.00")),
        Break(50, Decimal("8.00")),
    )
    assert price_breaks(MUG, offers, "EUR", least=12) == (Break(12, Decimal("9.00")), Break(50, Decimal("8.00")))


prices = st.decimals(min_value=0, max_value=100, places=2)
some_offers = st.lists(
    st.builds(
        lambda reach, mine, at, amount, percent_off, is_fixed, priority: Offer(
            reach=reach,
            goods_id=(GOODS[reach] if mine else OTHER) if reach is not Reach.EVERYTHING else None,
            min_quantity=at,
            unit_price=amount if is_fixed else None,
            percent_off=None if is_fixed else percent_off,
            priority=priority,
        ),
        st.sampled_from(Reach),
        st.booleans(),
        st.integers(1, 30),
        prices,
        st.decimals(min_value=Decimal("0.01"), max_value=100, places=2),
        st.booleans(),
        st.integers(0, 2),
    ),
    max_size=8,
)


@given(offers=some_offers, quantity=st.integers(1, 40))
def test_the_price_is_an_offers_or_everybodys(offers: list[Offer], quantity: int) -> None:
    price = unit_price(MUG, quantity, offers, "EUR")

    fitting = [offer for offer in offers if offer.is_about(MUG) and offer.min_quantity <= quantity]
    if not fitting:
        assert price == MUG.price
        return
    narrowest = max(offer.reach for offer in fitting)
    equals = [offer for offer in fitting if offer.reach == narrowest]
    first = [offer for offer in equals if offer.priority == max(offer.priority for offer in equals)]
    assert price == min(offer.price_of(MUG, "EUR") for offer in first)
    assert price == quantize(price, "EUR")


@given(offers=some_offers, quantity=st.integers(1, 40), data=st.data())
def test_neither_the_order_of_offers_nor_those_of_other_goods_matter(
    offers: list[Offer], quantity: int, data: st.DataObject
) -> None:
    mine = [offer for offer in offers if offer.is_about(MUG)]

    shuffled = data.draw(st.permutations(mine))
    assert unit_price(MUG, quantity, offers, "EUR") == unit_price(MUG, quantity, shuffled, "EUR")


@given(offers=some_offers, least=st.integers(1, 10), more=st.integers(0, 40))
def test_the_table_says_what_is_charged_at_every_quantity(offers: list[Offer], least: int, more: int) -> None:
    table = price_breaks(MUG, offers, "EUR", least=least)

    assert table[0].min_quantity == least
    held = [row for row in table if row.min_quantity <= least + more][-1]
    assert held.unit_price == unit_price(MUG, least + more, offers, "EUR")


@given(offers=some_offers, quantity=st.integers(1, 40))
def test_of_one_list_and_reach_more_pieces_never_cost_more_each(offers: list[Offer], quantity: int) -> None:
    alike = [offer for offer in offers if offer.reach is Reach.PRODUCT and not offer.priority]
    with_first = [fixed("10.00"), *alike]

    assert unit_price(MUG, quantity + 1, with_first, "EUR") <= unit_price(MUG, quantity, with_first, "EUR")
