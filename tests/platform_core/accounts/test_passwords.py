"""NIST SP 800-63B-4: length and a blocklist, and no rule about which characters a password is made of."""

import pytest

from platform_core.accounts.passwords import WeakPassword, check_strength

ABOUT = ("ann.miller@fernmoor.example", "Ann", "Miller", "Fernmoor Tools")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "seven green kettles sing",
        "ein langes, leises Kennwort",
        "жёлтая подводная лодка",
        "749302618450173",  # digits only, and no pattern
        "kettles kettles bridge",
    ],
)
def test_long_words_of_ones_own_are_taken_whatever_they_are_made_of(password: str) -> None:
    check_strength(password, about=ABOUT)


@pytest.mark.parametrize(
    "password",
    [
        "fourteen chars",  # one too few where nothing else is asked for
        "p" * 1001,
        "aaaaaaaaaaaaaaaaaaaa",
        "123456789012345678",
        "abcabcabcabcabcabc",
        "qwertyuiopasdfghjkl",
        "passwordpassword1",
        "smartsellersmartseller",
        "ann.miller@fernmoor.example",
        "fernmoor miller 1",
        "Fernmoor-Tools-123",
    ],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        check_strength(password, about=ABOUT)


def test_eight_are_enough_where_a_second_factor_is_asked_for_too() -> None:
    check_strength("kettle42", about=ABOUT, has_second_factor=True)
    with pytest.raises(WeakPassword):
        check_strength("kettle4", about=ABOUT, has_second_factor=True)
    with pytest.raises(WeakPassword):
        check_strength("trustno1", about=ABOUT, has_second_factor=True)
