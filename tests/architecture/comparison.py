"""How a built database differs from the specification's, and whether every difference is meant."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from tests.architecture.catalogue import Catalogue

# What the specification says (None: nothing), what is built (None: left out), and why.
Entry = tuple[str | None, str | None, str]


class Difference(NamedTuple):
    """`specified` is None for something added, `built` is None for something left out."""

    specified: str | None
    built: str | None


class Everywhere(NamedTuple):
    """A difference that holds wherever the specification says `specified` about an aspect of a column or constraint."""

    aspect: str
    specified: str
    built: str


@dataclass(frozen=True)
class Deliberate:
    """The differences that are meant, each with its reason: `one_by_one` by the name of the thing, and `everywhere`."""

    one_by_one: Mapping[str, Entry]
    everywhere: Mapping[Everywhere, str]


def differences(specified: Catalogue, built: Catalogue) -> dict[str, tuple[str, Difference]]:
    """Every difference by the name of the thing: its aspect, and what each side says.

    A table or column that only one side has is one difference, whatever it contains.
    """
    return {name: (aspect, difference) for name, aspect, difference in _differences(specified, built)}


def unexplained(specified: Catalogue, built: Catalogue, deliberate: Deliberate) -> list[str]:
    """Sentences about differences nobody meant, and about meant ones that do not exist. Empty when both agree."""
    complaints: list[str] = []
    used_one_by_one: set[str] = set()
    used_everywhere: set[Everywhere] = set()
    for name, (aspect, found) in differences(specified, built).items():
        if name in deliberate.one_by_one:
            used_one_by_one.add(name)
            expected = Difference(*deliberate.one_by_one[name][:2])
            if expected != found:
                complaints.append(f"{name}: meant {tuple(expected)}, found {tuple(found)}")
            continue
        if found.specified is not None and found.built is not None:
            rule = Everywhere(aspect, found.specified, found.built)
            if rule in deliberate.everywhere:
                used_everywhere.add(rule)
                continue
        complaints.append(f"{name}: specified {found.specified!r}, built {found.built!r}")
    unused: set[object] = {*deliberate.one_by_one, *deliberate.everywhere} - used_one_by_one - used_everywhere
    complaints += [f"{name}: listed as a difference, but there is none" for name in sorted(map(str, unused))]
    return complaints


def _differences(specified: Catalogue, built: Catalogue) -> Iterator[tuple[str, str, Difference]]:
    yield from _tables(specified, built)
    common = specified.tables.keys() & built.tables.keys()
    for key in sorted(specified.facts.keys() | built.facts.keys()):
        table, what = key
        if table in common and specified.facts.get(key) != built.facts.get(key):
            aspect = "foreign key is checked" if what.endswith("is checked") else what
            if aspect != what and not (key in specified.facts and key in built.facts):
                continue  # the foreign key itself is the difference
            yield f"{table} {what}", aspect, Difference(specified.facts.get(key), built.facts.get(key))
    for name in sorted(specified.loose.keys() | built.loose.keys()):
        if specified.loose.get(name) != built.loose.get(name):
            yield name, name.split(" ", 1)[0], Difference(specified.loose.get(name), built.loose.get(name))


def _tables(specified: Catalogue, built: Catalogue) -> Iterator[tuple[str, str, Difference]]:
    for table in sorted(specified.tables.keys() | built.tables.keys()):
        theirs, ours = specified.tables.get(table), built.tables.get(table)
        if theirs is None or ours is None:
            yield table, "table", Difference(theirs and "table", ours and "table")
            continue
        for name in [*theirs, *(name for name in ours if name not in theirs)]:
            here = f"{table}.{name}"
            their, our = theirs.get(name), ours.get(name)
            if their is None or our is None:
                yield here, "column", Difference(their and str(their), our and str(our))
                continue
            if their.type != our.type:
                yield f"{here} type", "type", Difference(their.type, our.type)
            if their.default != our.default:
                yield f"{here} default", "default", Difference(their.default or "none", our.default or "none")
            if their.null != our.null:
                yield f"{here} null", "null", Difference(their.null, our.null)
