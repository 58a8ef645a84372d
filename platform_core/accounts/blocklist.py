"""Passwords that are guessed first: common ones, patterns, and what everybody knows about whoever sets them."""

import re
from functools import lru_cache

from django.contrib.auth.password_validation import CommonPasswordValidator

# What remains of a password without its patterns and known words has at least so many characters.
LEAST_LEFT = 8
SHORTEST_WORD = 4
OF_THE_PLATFORM = ("smartseller", "password", "passwort")
ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "zxcvbnm")
SPLIT = re.compile(r"[\W_]+")


def is_blocked(password: str, about: tuple[str, ...]) -> bool:
    """Whether a password is too easy to guess, for somebody of whom `about` (names, addresses) is known.

    NIST SP 800-63B-4, 3.1.1.2: compared as a whole, in any case, with lists and words of the context; there is no rule
    about which characters it is made of.
    """
    folded = password.casefold()
    if folded in _common() or "".join(folded.split()) in _common():
        return True
    for word in (*_words(about), *OF_THE_PLATFORM):
        folded = folded.replace(word, "")
    return len(_without_runs(_without_repeats(folded))) < LEAST_LEFT


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """Django's twenty thousand."""
    return frozenset(CommonPasswordValidator().passwords)


def _words(about: tuple[str, ...]) -> list[str]:
    known = {word for text in about for word in (text.casefold(), *SPLIT.split(text.casefold()))}
    return sorted((word for word in known if len(word) >= SHORTEST_WORD), key=len, reverse=True)


def _without_repeats(text: str) -> str:
    """ "abcabcabc" is "abc" said three times."""
    for length in range(1, len(text) // 2 + 1):
        unit = text[:length]
        if (unit * (len(text) // length + 1))[: len(text)] == text:
            return unit
    return text


def _without_runs(text: str) -> str:
    """The text with "12345", "hgfed", "qwert" and "aaaa" counted as their first two characters."""
    kept = text[:2]
    for before, last, this in zip(text, text[1:], text[2:], strict=False):
        if not (_follows(before, last) and _follows(last, this)):
            kept += this
    return kept


def _follows(one: str, other: str) -> bool:
    return one == other or any(one + other in row or other + one in row for row in ROWS)
