"""How readers of each language write numbers, amounts, dates and lists."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from smartseller import formats

LANGUAGES = ("en", "de", "fr", "ar")
NARROW, WIDE, RTL = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}", "\N{RIGHT-TO-LEFT MARK}"


def in_each(write: object, *values: object) -> dict[str, str]:
    written = {}
    for language in LANGUAGES:
        with translation.override(language):
            written[language] = write(*values)  # type: ignore[operator]
    return written


def test_numbers_have_the_marks_of_their_language() -> None:
    assert in_each(formats.number, 1234567) == {
        "en": "1,234,567",
        "de": "1.234.567",
        "fr": f"1{NARROW}234{NARROW}567",
        "ar": "1,234,567",
    }


def test_ratings_have_one_decimal_rounded_half_up() -> None:
    assert in_each(formats.rating, Decimal("4.65")) == {"en": "4.7", "de": "4,7", "fr": "4,7", "ar": "4.7"}
    assert formats.rating(4.0) == "4.0"


def test_percents_keep_their_decimals() -> None:
    assert in_each(formats.percent, Decimal("12.500")) == {
        "en": "12.5%",
        "de": f"12,5{WIDE}%",
        "fr": f"12,5{WIDE}%",
        "ar": "12.5%",
    }


@pytest.mark.parametrize(
    ("value", "currency", "written"),
    [
        ("1234.5", "EUR", {"en": "€1,234.50", "de": f"1.234,50{WIDE}€", "fr": f"1{NARROW}234,50{WIDE}€"}),
        ("2399.5", "JPY", {"en": "¥2,400", "de": f"2.400{WIDE}¥", "fr": f"2{NARROW}400{WIDE}JPY"}),
        ("1.2345", "KWD", {"en": "KWD1.235", "de": f"1,235{WIDE}KWD", "fr": f"1,235{WIDE}KWD"}),
    ],
)
def test_amounts_have_the_units_of_their_currency(value: str, currency: str, written: dict[str, str]) -> None:
    found = in_each(formats.amount, Decimal(value), currency)
    assert {language: found[language] for language in written} == written


def test_an_arabic_amount_has_european_digits_and_keeps_a_latin_symbol_in_order() -> None:
    with translation.override("ar"):
        assert formats.amount(Decimal("4.9"), "EUR") == f"{RTL}4.90{WIDE}€"
        assert formats.amount(Decimal(2400), "JPY") == (
            f"{RTL}2,400{WIDE}\N{LEFT-TO-RIGHT ISOLATE}JP¥\N{POP DIRECTIONAL ISOLATE}"
        )


def test_days_and_moments_are_those_of_the_active_zone() -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert in_each(formats.day, late) == {
            "en": "25 November 2026",
            "de": "25. November 2026",
            "fr": "25 novembre 2026",
            "ar": "25 نوفمبر 2026",
        }
        assert in_each(formats.moment, late) == {
            "en": "25 November 2026, 00:30",
            "de": "25. November 2026, 00:30",
            "fr": "25 novembre 2026, 00:30",
            "ar": "25 نوفمبر 2026، 12:30 ص",
        }
    assert formats.day(date(2026, 11, 24)) == "24 November 2026"


def test_a_language_with_a_country_follows_its_country() -> None:
    with translation.override("en-us"):
        assert formats.day(date(2026, 11, 24)) == "November 24, 2026"
    with translation.override("de-at"):
        assert formats.amount(Decimal("1234.5"), "EUR") == f"€{WIDE}1.234,50"


def test_words_stand_in_a_row_as_they_are_said() -> None:
    assert in_each(formats.listing, ["A", "B", "C"]) == {
        "en": "A, B and C",
        "de": "A, B und C",
        "fr": "A, B et C",
        "ar": "A وB وC",
    }


def test_countries_have_their_names_and_what_is_none_keeps_its_code() -> None:
    assert in_each(formats.country, "DE") == {"en": "Germany", "de": "Deutschland", "fr": "Allemagne", "ar": "ألمانيا"}
    assert formats.country("ZZZ") == "ZZZ"


def test_a_language_is_called_what_its_speakers_call_it() -> None:
    assert [formats.language_name(language) for language in ("de", "de-AT", "fr-CA", "ar", "nonsense")] == [
        "Deutsch",
        "Deutsch (Österreich)",
        "Français (Canada)",
        "العربية",
        "English",
    ]


def test_an_unknown_language_is_written_as_english() -> None:
    assert [formats.locale_of(language) for language in ("de-AT", "xx-nonsense", "", "ar")] == [
        "de_AT",
        "en",
        "en",
        "ar",
    ]


@pytest.mark.parametrize(
    ("language", "value", "typed"),
    [
        ("en", "10.50", "10.5"),
        ("de", "10.50", "10,5"),
        ("fr", "1234.5", "1234,5"),
        ("ar", "10.5", "10.5"),
        ("de", "10", "10"),
    ],
)
def test_a_number_in_a_field_stays_as_it_is_typed(language: str, value: str, typed: str) -> None:
    with translation.override(language):
        assert formats.plain_number(Decimal(value)) == typed
