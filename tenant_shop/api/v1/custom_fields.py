"""Custom fields in what the API tells."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from tenant_shop.configuration.custom_fields.errors import ValueRefused
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.configuration.custom_fields.values import read_value, values_in, with_values, written

VALUES = {"type": "object", "additionalProperties": {"type": ["string", "boolean", "null"]}}


class CustomFieldsOutput(serializers.Serializer[Any]):
    """The values of the fields that the merchant shows to programs, by key; null where there is none.

    Numbers and dates are texts, yes and no true and false.
    """

    custom_owner: ClassVar[CustomField.Owner]
    custom_fields = serializers.SerializerMethodField()
    _known: list[str] | None = None

    @extend_schema_field(VALUES)
    def get_custom_fields(self, row: Any) -> dict[str, str | bool | None]:
        values = values_in(row.metadata)
        return {key: values.get(key) for key in self._keys()}

    def _keys(self) -> list[str]:
        """One SELECT a request."""
        if self._known is None:
            shown = CustomField.objects.filter(owner=self.custom_owner, in_api=True)
            self._known = list(shown.values_list("key", flat=True))
        return self._known


@extend_schema_field(VALUES)
class CustomFieldsInput(serializers.DictField):
    """Values by key: texts, true and false, and null for none."""


def read_custom_values(
    owner: CustomField.Owner, given: Mapping[str, Any], *, metadata: Any, is_new: bool
) -> dict[str, Any]:
    """`metadata` with the values that a body gives; those that it does not name stay. One SELECT.

    Errors: ValidationError at `custom_fields.<key>` for a field that programs do not see and for a value that it does
        not take; of a new row also for a field that must have one.
    """
    fields = {field.key: field for field in CustomField.objects.filter(owner=owner, in_api=True)}
    problems: dict[str, Any] = {}
    for key in given.keys() - fields.keys():
        problems[str(key)[:100]] = [ErrorDetail("There is no such field.", "unknown_field")]
    values, before = {}, values_in(metadata)
    for key, field in fields.items():
        if key not in given and not is_new:
            continue
        value = given.get(key)
        if value is not None and not isinstance(value, str | bool):
            problems[key] = [ErrorDetail("A value is a text, true or false, or null.", "invalid")]
            continue
        try:
            values[key] = read_value(field, written(value), now=before.get(key))
        except ValueRefused as refusal:
            problems[key] = [ErrorDetail(str(refusal), refusal.code)]
    if problems:
        raise serializers.ValidationError({"custom_fields": problems})
    return with_values(metadata, values)
