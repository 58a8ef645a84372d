"""Making and changing a field of the merchant's own."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.write import write_columns
from tenant_shop.configuration.custom_fields.define import define_field
from tenant_shop.configuration.custom_fields.index import want_index
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.configuration.custom_fields.values import UNWRITABLE

MOST_CHOICES = 50
LONGEST_CHOICE = 100
# By these values are read: they are what the field was made with.
FIXED = ("owner", "kind")


def save_field(field: CustomField, values: Mapping[str, Any]) -> CustomField:
    """Write `values`, by attribute name, into a new or a locked field and save it; `is_indexed` has an index made or
    removed after commit.

    Errors: ValidationError by field, with `fixed` of `owner` and `kind`, `unique` of `name`; TooManyFields; nothing
        changes then.
    """
    with shop_transaction():
        is_new, given = field._state.adding, dict(values)
        wanted = given.pop("is_indexed", None)
        if "name" in given:
            given["name"] = plain_words(given["name"])
        if "choices" in given:
            given["choices"] = plain_choices(given["choices"])
        if problems := dict(problems_of(field, given)):
            raise ValidationError(problems)
        write_columns(field, given)
        if is_new:
            define_field(field)
        elif given:
            field.save(update_fields=list(given))
        if wanted is not None and wanted != field.is_indexed:
            want_index(field, wanted=wanted)
    return field


def problems_of(field: CustomField, values: Mapping[str, Any]) -> Iterator[tuple[str, ValidationError]]:
    """What is wrong with the field as `values` would make it, by field. At most one SELECT."""

    def at(name: str) -> Any:
        return values.get(name, getattr(field, name))

    if not field._state.adding:
        for name in FIXED:
            if at(name) != getattr(field, name):
                yield name, ValidationError("This cannot be changed: values are read by it.", "fixed")
    alike = CustomField.objects.filter(owner=at("owner"), name=at("name")).exclude(pk=field.pk)
    if "name" in values and alike.exists():
        yield "name", ValidationError("A field of this name already exists.", "unique")
    if not is_writable([at("name")]):
        yield "name", ValidationError("There are characters here that cannot be written.", "unwritable")
    choices, takes_one = at("choices"), at("kind") == CustomField.Kind.CHOICE
    if takes_one and not choices:
        yield "choices", ValidationError("Say what can be chosen.", "required")
    elif choices and not takes_one:
        yield "choices", ValidationError("Only fields that take one of several have choices.", "no_choices")
    elif len(choices) > MOST_CHOICES or any(len(line) > LONGEST_CHOICE for line in choices):
        words = f"Up to {MOST_CHOICES} choices of up to {LONGEST_CHOICE} characters."
        yield "choices", ValidationError(words, "long")
    elif not is_writable(choices):
        yield "choices", ValidationError("There are characters here that cannot be written.", "unwritable")
    if at("in_storefront") and at("owner") != CustomField.Owner.PRODUCT:
        words = "Only fields of products can be shown in the shop."
        yield "in_storefront", ValidationError(words, "not_in_storefront")


def plain_words(text: str) -> str:
    """The text on one line, a space between words."""
    return " ".join(str(text).split())


def plain_choices(choices: Iterable[str]) -> list[str]:
    """Each choice once, on one line; empty ones are none."""
    return list(dict.fromkeys(line for line in map(plain_words, choices) if line))


def is_writable(texts: Iterable[str]) -> bool:
    """Whether every character can be written into a form and a file."""
    return all(unicodedata.category(character) not in UNWRITABLE for text in texts for character in text)
