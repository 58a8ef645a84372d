"""A field's values in SQL: the same words in filters and in indexes, or no filter would find its index."""

from django.db.models import CharField, DecimalField, F, Func

from tenant_shop.configuration.custom_fields.models import CustomField


def sql_of(field: CustomField) -> str:
    """The expression over the owner's own columns. A key has nothing to be quoted (`KEY_PATTERN`)."""
    text = f"(metadata -> 'fields' ->> '{field.key}')"
    return f"({text}::numeric)" if field.kind == CustomField.Kind.NUMBER else text


class ValueOf(Func):
    """The value of a field: a text, for numbers a number; dates sort as texts do."""

    def __init__(self, field: CustomField) -> None:
        is_number = field.kind == CustomField.Kind.NUMBER
        output = DecimalField(max_digits=18, decimal_places=6) if is_number else CharField()
        super().__init__(F("metadata"), output_field=output)
        self.template = sql_of(field).replace("metadata", "%(expressions)s", 1)
