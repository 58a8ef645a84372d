"""What bodies and addresses may hold: fields that take one kind of value, written one way."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django.core.validators import EmailValidator, RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

# PostgreSQL's integer.
LARGEST_WHOLE = 2**31 - 1
# Something that can be seen: a text of spaces and control characters says nothing.
VISIBLE = r"[^\s\u0000-\u001f\u007f-\u009f\ufeff]"
SLUG = r"^[-a-zA-Z0-9_]+$"
# On another host, by HTTPS, or a file of one's own.
PICTURE = r"^(https://|/$|/[^/])"
# How many there may be is looked at afterwards, so that the refusal can say it.
DIGITS = r"[0-9]+(\.[0-9]+)?"
LONGEST_EMAIL = 255
MEASURE = r"^[0-9]{1,6}(\.[0-9]{1,2})?$"


class Input(serializers.Serializer[Any]):
    """A body. A field that it does not know is refused by name: a typing error must not pass as done.

    `rule` is what its description says of fields that go together, in the words of JSON Schema.
    """

    rule: ClassVar[Mapping[str, Any]] = {}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError(
                    {str(name)[:100]: [ErrorDetail("There is no such field.", "unknown_field")] for name in unknown}
                )
        values = super().to_internal_value(data)
        # Only the row that is changed may be told in part; what stands in it is whole.
        if self.parent is not None:
            missing = [name for name, field in self.fields.items() if field.required and name not in values]
            if missing:
                words = "This field is required."
                raise serializers.ValidationError({name: [ErrorDetail(words, "required")] for name in missing})
        return values


class Text(serializers.CharField):
    """A text; a number is none. Unless it may be blank, something in it can be seen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if not self.allow_blank:
            self.validators.append(RegexValidator(VISIBLE, "This says nothing.", "blank"))

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Slug(Text):
    """The part of an address that names a page: ASCII letters, digits, hyphens and underscores."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=255, **options)
        self.validators[-1] = RegexValidator(SLUG, "Letters of ASCII, digits, hyphens and underscores.", "invalid")


class PictureUrl(Text):
    """Where a picture is shown from: an address that begins with https://, or a path on the same host. Or none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=500, required=False, allow_null=True, allow_blank=True, **options)
        self.validators.append(RegexValidator(PICTURE, "Use an address that begins with https://.", "no_address"))


@extend_schema_field({"type": "string", "format": "email", "maxLength": LONGEST_EMAIL})
class Email(Text):
    """An address that mails go to."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_EMAIL, **options)
        self.validators[-1] = EmailValidator("This is no e-mail address.", "invalid")


class Whole(serializers.IntegerField):
    """A whole number, as a number. `2.0` is one (JSON Schema, 6.1.1)."""

    def __init__(self, *, min_value: int = -LARGEST_WHOLE, max_value: int = LARGEST_WHOLE, **options: Any) -> None:
        super().__init__(min_value=min_value, max_value=max_value, **options)

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, Decimal) and data == data.to_integral_value():
            return int(data)
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


class Flag(serializers.BooleanField):
    """True or false."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Choice(serializers.ChoiceField):
    """One of the texts."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class Id(serializers.UUIDField):
    """A key, as a text."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class Texts(serializers.ListField):
    """Some short texts."""

    def __init__(self, *, longest: int = 255, most: int = 250, **options: Any) -> None:
        super().__init__(child=Text(max_length=longest), max_length=most, **options)


@extend_schema_field({"type": "string", "pattern": MEASURE, "example": "250"})
class Measure(serializers.DecimalField):
    """A weight or a length that is not negative, as a string with at most two decimals."""

    default_error_messages = {"not_text": "A measure is a string, as in “250”."}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=8, decimal_places=2, min_value=Decimal(0), **options)

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str):
            self.fail("not_text")
        if not re.fullmatch(DIGITS, data):
            self.fail("invalid")
        return super().to_internal_value(data)
