"""What a custom field takes, how it is kept, and how it is read.

Kept are texts, for numbers and dates too (`"12.5"`, `"2026-11-26"`: a number must not pass through a float), and true
or false. A field without a value has no key.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tenant_shop.configuration.custom_fields.errors import ValueRefused, ValuesRefused
from tenant_shop.configuration.custom_fields.models import CustomField

FIELDS = "fields"
# An index has room for 2,700 bytes, a character takes four at most.
LONGEST_TEXT = 500
NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,6})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
YES, NO = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
UNWRITABLE = frozenset({"Cc", "Cs"})  # NUL and other controls; halves of characters

Value = str | bool


def values_in(metadata: Any) -> dict[str, Any]:
    """The values of a row's fields, by key."""
    found = metadata.get(FIELDS) if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def with_values(metadata: Any, values: Mapping[str, Value | None]) -> dict[str, Any]:
    """The row's `metadata` with these values; None takes one away."""
    before = metadata if isinstance(metadata, dict) else {}
    fields = {key: value for key, value in {**values_in(metadata), **values}.items() if value is not None}
    others = {key: value for key, value in before.items() if key != FIELDS}
    return {**others, FIELDS: fields} if fields else others


def read_value(field: CustomField, written: str, *, now: Any = None) -> Value | None:
    """What was `written` for the field, as it is kept; None for nothing. `now` is the value that it has.

    Errors: ValueRefused, with a sentence for whoever wrote it.
    """
    text = str(written).strip()
    if any(unicodedata.category(character) in UNWRITABLE for character in text):
        raise ValueRefused(f"{field.name}: this has characters that cannot be written.")
    if not text:
        if field.is_required:
            raise ValueRefused(f"{field.name}: this is needed.")
        return None
    return READERS[CustomField.Kind(field.kind)](field, text, now)


def read_values(fields: Iterable[CustomField], written: Mapping[str, str], *, metadata: Any) -> dict[str, Value | None]:
    """All of them, by key. Errors: ValuesRefused, which names every wrong one."""
    values, problems, before = {}, {}, values_in(metadata)
    for field in fields:
        try:
            values[field.key] = read_value(field, written.get(field.key, ""), now=before.get(field.key))
        except ValueRefused as refusal:
            problems[field.key] = str(refusal)
    if problems:
        raise ValuesRefused(problems)
    return values


def written(value: Any) -> str:
    """A kept value as it is written into a form, or into a file."""
    match value:
        case None:
            return ""
        case True:
            return "yes"
        case False:
            return "no"
        case _:
            return str(value)


def _text(field: CustomField, text: str, now: Any) -> Value:
    if len(text) > LONGEST_TEXT:
        raise ValueRefused(f"{field.name}: up to {LONGEST_TEXT} characters.")
    return text


def _number(field: CustomField, text: str, now: Any) -> Value:
    if not NUMBER.fullmatch(text):
        raise ValueRefused(f"{field.name}: enter a number such as 12.5, with up to six decimals.")
    number = Decimal(text)
    return f"{number.normalize():f}" if number else "0"


def _date(field: CustomField, text: str, now: Any) -> Value:
    try:
        return date.fromisoformat(text if DATE.fullmatch(text) else "").isoformat()
    except ValueError as error:
        raise ValueRefused(f"{field.name}: enter a date such as 2026-11-26.") from error


def _choice(field: CustomField, text: str, now: Any) -> Value:
    """What was chosen while it was offered stays allowed for whoever has it."""
    if text not in field.choices and text != now:
        raise ValueRefused(f"{field.name}: choose one of {', '.join(field.choices)}.")
    return text


def _boolean(field: CustomField, text: str, now: Any) -> Value:
    if text.lower() not in YES | NO:
        raise ValueRefused(f"{field.name}: answer yes or no.")
    return text.lower() in YES


READERS = {
    CustomField.Kind.TEXT: _text,
    CustomField.Kind.NUMBER: _number,
    CustomField.Kind.DATE: _date,
    CustomField.Kind.CHOICE: _choice,
    CustomField.Kind.BOOLEAN: _boolean,
}
