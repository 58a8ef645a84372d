"""The language in which merchants write their mails: Liquid, with little of it.

What is written may name the facts of its mail, choose by them, and put them in capitals. It reads no file, calls
nothing, repeats nothing, and cannot grow beyond a page: none of the tags that could is there.
"""

import re
from collections.abc import Collection, Mapping
from typing import ClassVar

from liquid import Environment, Mode, StrictUndefined
from liquid.builtin import content, illegal, output
from liquid.builtin.filters.misc import default
from liquid.builtin.filters.string import capitalize, downcase, strip, truncate, upcase
from liquid.builtin.tags.comment_tag import CommentTag
from liquid.builtin.tags.if_tag import IfTag
from liquid.builtin.tags.unless_tag import UnlessTag
from liquid.exceptions import LiquidError

from smartseller.errors import RuleViolation

LONGEST_BYTES = 20_000
FILTERS = {
    "capitalize": capitalize,
    "default": default,
    "downcase": downcase,
    "strip": strip,
    "truncate": truncate,
    "upcase": upcase,
}


# Where the language says that something is wrong: "-> '{% for %}' 3:16".
LINE = re.compile(r"-> .* (\d+):\d+\b")


class BrokenTemplate(RuleViolation):
    """What was written cannot be read, or names what there is none of in this mail."""

    code = "broken_template"
    status: ClassVar[int] = 422

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"This cannot be read: {reason}.")


class _Small(Environment):
    """Nothing but what is registered here: a tag that is not there is a mistake."""

    block_nesting_limit = 5
    context_depth_limit = 5
    loop_iteration_limit = 0
    local_namespace_limit = 0
    output_stream_limit = LONGEST_BYTES

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        self.add_tag(content.Literal)
        self.add_tag(output.Output)
        self.add_tag(illegal.Illegal)
        for tag in (CommentTag, IfTag, UnlessTag):
            self.add_tag(tag)
        for name, function in FILTERS.items():
            self.add_filter(name, function)


_environment = _Small(tolerance=Mode.STRICT, undefined=StrictUndefined, strict_filters=True, autoescape=False)


def render(source: str, facts: Mapping[str, str]) -> str:
    """`source` with the facts in their places, as plain text; a fact that is empty counts as no.

    Errors: BrokenTemplate.
    """
    try:
        return str(_environment.from_string(source).render(**{name: fact or None for name, fact in facts.items()}))
    except (LiquidError, RecursionError) as error:
        raise _broken(error) from error


def check(source: str, names: Collection[str]) -> None:
    """Errors: BrokenTemplate where `source` cannot be read, or names something besides `names`, even where it is not
    reached.
    """
    try:
        unknown = sorted(set(_environment.from_string(source).global_variables()) - set(names))
    except (LiquidError, RecursionError) as error:
        raise _broken(error) from error
    if unknown:
        raise BrokenTemplate(f"there is no “{unknown[0]}” in this mail")
    render(source, dict.fromkeys(names, "x"))
    render(source, dict.fromkeys(names, ""))


def _broken(error: Exception) -> BrokenTemplate:
    """In one sentence: what follows in the language's own words shows the place as a programmer sees it."""
    said, *rest = str(error).strip().splitlines() or [""]
    place = LINE.search(" ".join(rest))
    return BrokenTemplate(f"{' '.join(said.split()).rstrip('.')}{f', in line {place[1]}' if place else ''}")
