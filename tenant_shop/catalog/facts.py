"""A product's features and specifications, read from the columns of JSON that hold them in any shape."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from django.utils.translation import gettext as _


class Words(NamedTuple):
    """A piece of text; `are_ours` says that it is not the merchant's but this program's, in the reader's language."""

    text: str
    are_ours: bool = False


# What is told: the merchant's words, with ours between them where a value is true or false.
Told = tuple[Words, ...]


def features(value: Any) -> tuple[Told, ...]:
    """The column holds a list of sentences, or a mapping of a feature to its description."""
    match value:
        case list():
            return tuple(words for item in value if (words := told(item)))
        case dict():
            return tuple(_feature(name, () if text is True else told(text)) for name, text in value.items())
        case _:
            return ()


def specifications(value: Any) -> tuple[tuple[str, Told], ...]:
    """The column holds a mapping, or a list of `{name, value}`. What has no value says nothing."""
    match value:
        case dict():
            pairs = list(value.items())
        case list():
            pairs = [(row["name"], row.get("value")) for row in value if isinstance(row, dict) and "name" in row]
        case _:
            pairs = []
    return tuple((name, words) for key, found in pairs if (name := plain(told(key))) and (words := told(found)))


def named_values(value: Any) -> list[tuple[str, list[str]]]:
    """The column of specifications as programs read it: names, each with its values as texts."""
    match value:
        case dict():
            pairs = list(value.items())
        case list():
            pairs = [(row["name"], row.get("value")) for row in value if isinstance(row, dict) and "name" in row]
        case _:
            pairs = []
    return [(str(name), [str(each) for each in _several(found)]) for name, found in pairs if _several(found)]


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value in (None, "") else [value]


def told(value: Any) -> Told:
    """A value of a JSON document in words; none for nothing. Merchants write lists, and a pair as `{name, value}`."""
    return _joined(_words(value))


def plain(words: Told) -> str:
    """The words as one text."""
    return "".join(piece.text for piece in words)


def _feature(name: str, description: Told) -> Told:
    return _joined([Words(f"{name}: "), *description]) if description else (Words(name),)


def _words(value: Any) -> Iterator[Words]:
    match value:
        case None | "":
            return
        case bool():
            yield Words(_("Yes") if value else _("No"), are_ours=True)
        case {"name": name, "value": found}:
            yield from (*_words(name), Words(": "), *_words(found))
        case dict():
            named = ((name, words) for name, found in value.items() if (words := told(found)))
            yield from _listed((Words(f"{name}: "), *words) for name, words in named)
        case list():
            yield from _listed(words for item in value if (words := told(item)))
        case _:
            yield Words(str(value))


def _listed(items: Iterable[Told]) -> Iterator[Words]:
    for place, words in enumerate(items):
        yield from (Words(", "), *words) if place else words


def _joined(words: Iterable[Words]) -> Told:
    """Neighbours in one language are one piece."""
    runs = groupby(words, key=lambda piece: piece.are_ours)
    return tuple(Words("".join(piece.text for piece in run), are_ours) for are_ours, run in runs)
