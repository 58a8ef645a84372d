"""A price list leaves as a sheet and comes back the same; a wrong row costs itself only."""

from decimal import Decimal

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.pricing.errors import UnreadableSheet
from tenant_shop.pricing.models import PriceListEntry
from tenant_shop.pricing.sheet import read_sheet, write_sheet
from tests.factories.catalog import CategoryFactory, ProductFactory, VariantFactory
from tests.pricing import group_with, offer, price_list
from tests.shopping import everything
from tests.statements import StatementCount

HEADER = "sku,product,category,min_quantity,unit_price,percent_off\n"


@pytest.fixture
def prices(shop: TenantInfo):
    return price_list(group_with())


def rows():
    columns = ("variant__sku", "product__slug", "category__slug", "min_quantity", "unit_price", "percent_off")
    return sorted(PriceListEntry.objects.values_list(*columns), key=str)


def test_a_list_that_is_read_again_is_the_same(prices):
    mug = ProductFactory(slug="mug", sku="MUG")
    large = VariantFactory(product=mug, sku="=MUG-L")
    offer(prices, "8.00", product=mug)
    offer(prices, "7.50", product=mug, min_quantity=10)
    offer(prices, "12.00", variant=large)
    offer(prices, off="12.5", category=CategoryFactory(slug="kitchen"))
    offer(prices, off="5")
    before, sheet = rows(), write_sheet(prices)
    assert sheet.splitlines() == [
        HEADER.strip(),
        "'=MUG-L,,,1,12.00,",
        ",mug,,1,8.00,",
        ",mug,,10,7.50,",
        ",,kitchen,1,,12.5",
        "*,,,1,,5",
    ]

    answers = read_sheet(prices, sheet)
    assert [answer.problem for answer in answers] == [""] * 5
    assert rows() == before


def test_a_price_for_the_same_goods_and_quantity_is_replaced(prices):
    ProductFactory(sku="MUG")
    read_sheet(prices, HEADER + "MUG,,,1,8.00,\nMUG,,,5,7.00,")
    read_sheet(prices, HEADER + "MUG,,,1,,10")

    assert rows() == [("MUG", None, None, 1, None, Decimal("10.00")), ("MUG", None, None, 5, Decimal("7.000"), None)]


def test_the_sku_of_a_product_means_all_its_variants(prices):
    shirt = ProductFactory(sku="SHIRT", slug="shirt", default_variant=False)
    VariantFactory(product=shirt, sku="SHIRT-M")
    read_sheet(prices, "sku;unit_price\nSHIRT;19,50\nSHIRT-M;18")

    assert rows() == [
        ("SHIRT-M", None, None, 1, Decimal("18.000"), None),
        (None, "shirt", None, 1, Decimal("19.500"), None),
    ]


def test_every_row_is_answered_and_the_right_ones_are_saved(prices):
    ProductFactory(sku="MUG")
    wrong = {
        "GONE,,,1,1,": "there is no article with the SKU GONE",
        ",gone,,1,1,": "there is no product with the address gone",
        ",,gone,1,1,": "there is no category with the address gone",
        "MUG,mug,,1,1,": "a row names one of an SKU, a product and a category",
        ",,,1,1,": "a row names one of an SKU, a product and a category",
        "MUG,,,0,1,": "min_quantity is from 1 to 9999",
        "MUG,,,1.5,1,": "min_quantity is not a whole number: 1.5",
        "MUG,,,1,1,10": "a row has either a unit_price or a percent_off",
        "MUG,,,1,,": "a row has either a unit_price or a percent_off",
        "MUG,,,1,free,": "unit_price is not a price: free",
        "MUG,,,1,-1,": "unit_price is negative: -1",
        "MUG,,,1,,101": "percent_off is more than 0 and at most 100",
        "MUG,,,2,8.00,": "an earlier row has the same goods and quantity",
    }
    answers = read_sheet(prices, HEADER + "MUG,,,2,9.00,\n" + "\n".join(wrong))

    assert [answer.problem for answer in answers] == ["", *wrong.values()]
    assert [answer.line for answer in answers] == list(range(2, len(wrong) + 3))
    assert rows() == [("MUG", None, None, 2, Decimal("9.000"), None)]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "price\n1", "sku,unit_price\n" + "A,1\n" * 20_001, 'sku,unit_price\n"' + "x" * 200_000]
)
def test_what_is_no_sheet_is_refused_whole(prices, text):
    before = everything()

    with pytest.raises(UnreadableSheet):
        read_sheet(prices, text)
    assert everything() == before


def test_many_rows_cost_as_many_statements_as_few(prices):
    skus = [ProductFactory().sku for _ in range(30)]

    def spent(count: int) -> int:
        with StatementCount() as statements:
            read_sheet(prices, HEADER + "\n".join(f"{sku},,,1,8.00," for sku in skus[:count]))
        return statements.count

    assert spent(1) == spent(30) <= 6
