import pytest

from tenant_shop.catalog.barcodes import gtin


@pytest.mark.parametrize(
    ("barcode", "number"),
    [
        ("4006381333931", "4006381333931"),
        ("4006381333932", ""),
        (" 4006381-333931 ", "4006381333931"),
        ("73513537", "73513537"),
        ("036000291452", "036000291452"),
        ("10012345678902", "10012345678902"),
        ("0000000000000", ""),
        ("four", ""),
        ("\uff14006381333931", ""),
        ("", ""),
    ],
)
def test_only_a_number_with_its_right_check_digit_is_a_gtin(barcode, number):
    assert gtin(barcode) == number
