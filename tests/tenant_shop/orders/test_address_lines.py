"""Addresses as they are written on pages and in mails."""

from django.utils import translation

from tenant_shop.orders.address_lines import address_lines

KYOTO = {
    "first_name": "Yui", "last_name": "Sato", "company": "", "address_line_1": "1-2-3 Gion", "address_line_2": None,
    "postal_code": "605-0001", "city": "Kyoto", "state_province": "京都府", "country": "JP",
}  # fmt: skip


def test_an_address_has_a_line_for_each_part_that_it_has() -> None:
    lines = ["Yui Sato", "1-2-3 Gion", "605-0001 Kyoto", "Kyoto (京都府)", "Japan"]
    assert address_lines(KYOTO) == lines
    assert address_lines({**KYOTO, "country": "US", "state_province": "CA"})[-2:] == ["CA", "United States"]
    assert address_lines({**KYOTO, "country": "??", "state_province": "Île"})[-2:] == ["Île", "??"]


def test_who_reads_japanese_needs_no_latin_letters() -> None:
    with translation.override("ja"):
        assert address_lines(KYOTO)[3] == "京都府"


def test_of_what_is_picked_up_the_name_is_enough() -> None:
    assert address_lines({"last_name": "Sato", "country": "JP"}, is_pickup=True) == ["Sato"]
