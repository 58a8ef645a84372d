from decimal import Decimal

import pytest

from tenant_shop.imports import cells
from tenant_shop.imports.errors import RowRejected


@pytest.mark.parametrize(
    ("written", "currency", "meant"),
    [
        ("50", "EUR", "50.00"),
        ("9.99", "EUR", "9.99"),
        (".5", "EUR", "0.50"),
        ("1,299.00", "USD", "1299.00"),
        ("1.299,00", "EUR", "1299.00"),
        ("19,99", "EUR", "19.99"),
        ("9.995", "EUR", "10.00"),
        ("1.299", "KWD", "1.299"),
        ("1500.5", "JPY", "1501"),
        ("9999999999.99", "EUR", "9999999999.99"),
    ],
)
def test_a_price_is_read_and_rounded_half_up_to_the_currency(written, currency, meant):
    assert cells.amount(written, "Price", currency) == Decimal(meant)


@pytest.mark.parametrize(
    "written",
    ["1,299", "1,2,3", "$5", "5 EUR", "-1", "-0.01", "=1+1", "+5", "1e3", "NaN", "Infinity", "free", "٣", "1" * 40,
     "9999999999.999"],
)  # fmt: skip
def test_an_ambiguous_negative_or_unreadable_price_is_rejected(written):
    with pytest.raises(RowRejected, match=r"^Price "):
        cells.amount(written, "Price", "EUR")


@pytest.mark.parametrize(("written", "meant"), [("5", 5), ("-3", -3), ("5.0", 5), ("0", 0)])
def test_a_quantity_is_a_whole_number(written, meant):
    assert cells.quantity(written, "Qty") == meant


@pytest.mark.parametrize("written", ["1.5", "many", "2147483648", "1,000", "1" * 5000, "=5"])
def test_a_quantity_that_is_no_whole_number_is_rejected(written):
    with pytest.raises(RowRejected):
        cells.quantity(written, "Qty")


@pytest.mark.parametrize("written", ["http://a.example/b.jpg", "https://a.example/b@2x.jpg?c=1", "HTTPS://A.example/x"])
def test_pictures_are_referred_to_by_http_and_https(written):
    assert cells.web_address(written, "Image") == written


@pytest.mark.parametrize(
    "written",
    ["ftp://a.example/b", "javascript:alert(1)", "data:image/png;base64,AAAA", "//a.example/b", "b.jpg", "https://",
     "https://a.example/b c", "http://[::1", "https://a.example/" + "x" * 500],
)  # fmt: skip
def test_any_other_address_of_a_picture_is_rejected(written):
    with pytest.raises(RowRejected):
        cells.web_address(written, "Image")
