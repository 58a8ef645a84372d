"""Words as people type them into a search that is read by an index of trigrams."""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models import BooleanField, Func, TextField, Value
from django.db.models.functions import Coalesce, Upper
from django.utils.text import smart_split, unescape_string_literal

# What PostgreSQL takes apart into trigrams: letters and digits, without what stands between them.
RUN = re.compile(r"[^\W_]+")
SHORTEST_INSIDE = 3
# As much as anybody types; more would only be work.
MOST_WORDS = 20


class Together(Func):
    """Columns that are searched as one text, as `words_of` needs it: a space before each.

    Recorded in migrations by dotted path: do not move.
    """

    template = "(' ' || %(expressions)s)"
    arg_joiner = " || ' ' || "
    output_field = TextField()

    def __init__(self, *parts: Any, **extra: Any) -> None:
        super().__init__(*(Coalesce(part, Value(""), output_field=TextField()) for part in parts), **extra)


class IsAny(Func):
    """Whether a value is one of an array's.

    What a subquery finds is made an array (`ArraySubquery`), so that PostgreSQL looks rows up by those keys beside what
    it finds otherwise; as a condition on each row it would read all.
    """

    template = "%(expressions)s)"
    arg_joiner = " = ANY ("
    output_field = BooleanField()


def words_index(text: Together, *, name: str) -> GinIndex:
    """The index by which `icontains` of `text` is read."""
    return GinIndex(OpClass(Upper(text), "gin_trgm_ops"), name=name)


def words_of(typed: str) -> Iterator[str]:
    """The words of a search, "several words" in quotes as one; what has neither letter nor digit is no word.

    An index of trigrams finds three letters anywhere. Of shorter words it finds the beginnings, so those have a space
    before them: what is searched begins with one, and has one between its parts. In scripts without spaces two
    signs are a word anywhere, and all rows are read for it.
    """
    for found, word in enumerate(smart_split(typed)):
        if found == MOST_WORDS:
            return
        plain = unescape_string_literal(word) if word[:1] in "\"'" and word[:1] == word[-1:] and word[1:] else word
        runs = RUN.findall(plain)
        if runs:
            begins = max(map(len, runs)) < SHORTEST_INSIDE and plain.isascii()
            yield f" {plain.strip()}" if begins else plain
