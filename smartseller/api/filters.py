"""Filters that several lists have."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from smartseller.api.inputs import Text
from smartseller.api.lists import Filter

LONGEST = 255


def text(lookup: str, words: str) -> Filter:
    return Filter(Text(max_length=LONGEST), lookup, words)


class OneOfMany(Text):
    """A text that a row has among others."""

    def to_internal_value(self, data: Any) -> Any:
        return [super().to_internal_value(data)]

    def run_validators(self, value: Any) -> None:
        super().run_validators(value[0])


def among(lookup: str, words: str) -> Filter:
    return Filter(OneOfMany(max_length=LONGEST), lookup, words)


def key(lookup: str, words: str) -> Filter:
    return Filter(serializers.UUIDField(), lookup, words)


class TrueOrFalse(serializers.ChoiceField):
    """A boolean as addresses write it."""

    def __init__(self) -> None:
        super().__init__(choices=("true", "false"))

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data) == "true"


def flag(lookup: str, words: str) -> Filter:
    return Filter(TrueOrFalse(), lookup, words)


def choice(lookup: str, choices: Sequence[Any], words: str) -> Filter:
    return Filter(serializers.ChoiceField(choices=choices), lookup, words)


def moment(lookup: str, words: str) -> Filter:
    return Filter(serializers.DateTimeField(), lookup, words)
