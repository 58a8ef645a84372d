"""Choosing one variant by its options, one value after another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tenant_shop.catalog.summary import VariantFacts


class Availability(StrEnum):
    """What comes of choosing a value and leaving the other options as they are."""

    AVAILABLE = "available"
    SOLD_OUT = "sold_out"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class OptionValue:
    """A value of an option. `variant` is where choosing it leads: the nearest one that has it."""

    value: str
    is_chosen: bool
    availability: Availability
    variant: VariantFacts


@dataclass(frozen=True, slots=True)
class Option:
    """What variants differ in, such as the size. A variant without the option has the empty value."""

    name: str
    values: tuple[OptionValue, ...]


def option_names(variants: Sequence[VariantFacts]) -> list[str]:
    """The options of all variants, in the order in which they first appear."""
    return list(dict.fromkeys(str(name) for variant in variants for name in variant.options))


def value_of(variant: VariantFacts, name: str) -> str:
    """The variant's value of an option as text; empty without it."""
    value = variant.options.get(name)
    return "" if value is None else str(value)


def nearest(variants: Sequence[VariantFacts], wanted: Mapping[str, str]) -> VariantFacts | None:
    """The variant that has most of the `wanted` values; among equals one that can be bought, then the first.

    Names and values that no variant has count for nothing.
    """

    def nearness(variant: VariantFacts) -> tuple[int, bool]:
        return sum(value_of(variant, name) == value for name, value in wanted.items()), variant.is_available

    return max(variants, key=nearness, default=None)


def is_offered(variants: Sequence[VariantFacts], wanted: Mapping[str, str]) -> bool:
    """Whether some variant has all of the `wanted` values."""
    return any(all(value_of(variant, name) == value for name, value in wanted.items()) for variant in variants)


def options_of(variants: Sequence[VariantFacts], chosen: VariantFacts) -> tuple[Option, ...]:
    """Every option with its values, as seen from the `chosen` variant. None when there is nothing to choose."""
    if len(variants) < 2:
        return ()
    names = option_names(variants)
    current = {name: value_of(chosen, name) for name in names}
    return tuple(Option(name, _values(variants, name, current)) for name in names)


def _values(variants: Sequence[VariantFacts], name: str, current: Mapping[str, str]) -> tuple[OptionValue, ...]:
    values = []
    for value in dict.fromkeys(value_of(variant, name) for variant in variants):
        having = [variant for variant in variants if value_of(variant, name) == value]
        wanted = {**current, name: value}
        variant = nearest(having, wanted) or having[0]
        if not is_offered([variant], wanted):
            availability = Availability.IMPOSSIBLE
        else:
            availability = Availability.AVAILABLE if variant.is_available else Availability.SOLD_OUT
        values.append(OptionValue(value, current[name] == value, availability, variant))
    return tuple(values)
