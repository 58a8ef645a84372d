"""A sheet: what is printed of one document, every word and amount ready to be read."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from smartseller.formats import day, locale_of, percent

# Words longer than this may be broken anywhere: a line holds no more of them.
LONGEST_WORD = 24
LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")
BREAK_HERE = "\N{ZERO WIDTH SPACE}"
ISOLATE, END = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
# What the template reads and nobody else.
NO_WORDS = frozenset({"language", "paper", "ink", "logo", "side"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`side` is "start", "end" or "center"; the one that is `wide` takes what the others leave."""

    title: str
    side: str = "start"
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    title: str
    value: str
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A few lines with a title, and names with values."""

    title: str
    lines: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One document. A cell of `rows` is text, or a mapping of a `title` and a quiet `note` below it. `rates` is a small
    table with its head; `before` and `after` are paragraphs. `ink` is `#rrggbb`, `logo` the path of a picture."""

    language: str
    paper: str
    shop: str
    ink: str
    logo: str
    sender: Sequence[str]
    title: str
    to: Sequence[str]
    to_title: str = ""
    facts: Sequence[tuple[str, str]] = ()
    before: Sequence[str] = ()
    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[str | dict[str, str]]] = ()
    sums: Sequence[Sum] = ()
    rates: Sequence[Sequence[str]] = ()
    panels: Sequence[Panel] = ()
    after: Sequence[str] = ()
    footer: Sequence[str] = ()


def data_of(sheet: Sheet, *, logo: str) -> dict[str, Any]:
    """The sheet as the template reads it, in the active language; `logo` is the picture's name beside the template."""
    is_rtl = get_language_bidi()
    values: dict[str, Any] = {
        name.replace("_", "-"): value if name in NO_WORDS else _set(value, rtl=is_rtl)
        for name, value in asdict(sheet).items()
    }
    locale = Locale.parse(locale_of(sheet.language))
    return {
        **values,
        "lang": locale.language,
        "rtl": is_rtl,
        "logo": logo,
        "folio": _("Page {page} of {pages}"),
    }


def named(title: str, *notes: str) -> dict[str, str]:
    """A cell with a quiet line below."""
    return {"title": title, "note": " · ".join(note for note in notes if note)}


def day_of(text: str) -> str:
    """An ISO date in full."""
    return day(date.fromisoformat(text))


def rate_of(text: str) -> str:
    """A rate of tax, a fraction as text, in per cent; "" where it is not said."""
    return percent(Decimal(text) * 100) if text else ""


def known(facts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those that have a value."""
    return [(name, value) for name, value in facts if value]


def _set(value: Any, *, rtl: bool) -> Any:
    """Text as it can be set: long words may be broken, for a name without a space would leave the paper; and on a sheet
    that runs from right to left a text keeps its own direction, for "1 Main Street" would read "Main Street 1"."""
    if isinstance(value, str):
        text = LONG_WORD.sub(lambda word: _broken(word[0]), value)
        return f"{ISOLATE}{text}{END}" if rtl and text else text
    if isinstance(value, dict):
        return {name: each if name in NO_WORDS else _set(each, rtl=rtl) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_set(each, rtl=rtl) for each in value]
    return value


def _broken(word: str) -> str:
    return BREAK_HERE.join(word[start : start + LONGEST_WORD] for start in range(0, len(word), LONGEST_WORD))
