"""`/api/v1/custom-fields/`: what the merchant wants to know of products, customers and orders besides."""

from rest_framework import serializers

from smartseller.api import filters
from smartseller.api.inputs import Choice, Flag, Input, Text, Whole
from smartseller.api.outputs import RowOutput
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.resource import Values
from tenant_shop.api.v1.saved import Saved, SavedItem, SavedList
from tenant_shop.configuration.custom_fields.models import LONGEST_NAME, CustomField
from tenant_shop.configuration.custom_fields.remove import remove_field
from tenant_shop.configuration.custom_fields.save_field import LONGEST_CHOICE, MOST_CHOICES, save_field


class CustomFieldOutput(RowOutput):
    """A field. Its values stand under its `key` in `custom_fields` of its owner's rows, where `in_api` says so.

    `index_state` is what became of the index that `is_indexed` wants.
    """

    choices = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = CustomField
        fields = (
            "id",
            "owner",
            "key",
            "name",
            "kind",
            "choices",
            "is_required",
            "in_storefront",
            "in_filters",
            "in_api",
            "position",
            "is_indexed",
            "index_state",
            "index_problem",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class CustomFieldInput(Input):
    """`key` is made of the first name and stays, as `owner` and `kind` do."""

    owner = Choice(CustomField.Owner.choices)
    name = Text(max_length=LONGEST_NAME)
    kind = Choice(CustomField.Kind.choices)
    choices = serializers.ListField(child=Text(max_length=LONGEST_CHOICE), required=False, max_length=MOST_CHOICES)
    is_required = Flag(required=False)
    in_storefront = Flag(required=False)
    in_filters = Flag(required=False)
    in_api = Flag(required=False)
    position = Whole(required=False, min_value=0)
    is_indexed = Flag(required=False)


class CustomFieldRows(Saved):
    model, output = CustomField, CustomFieldOutput
    scopes = Scopes("custom_fields")

    def save(self, row: CustomField, values: Values) -> CustomField:
        """A program that makes a field means to write into it."""
        return save_field(row, {"in_api": True, **values} if row._state.adding else values)

    def discard(self, row: CustomField) -> None:
        remove_field(row.pk)


class CustomFieldList(CustomFieldRows, SavedList):
    """The shop's own fields, at most 30 of products, of customers and of orders. In the API unless told otherwise."""

    input = CustomFieldInput
    examples = {"POST": {"owner": "product", "name": "Care level", "kind": "choice", "choices": ["Easy", "Hard"]}}
    filters = {
        "owner": filters.choice("owner", CustomField.Owner.choices, "Those of products, customers or orders."),
        "key": filters.text("key", "Those with this key."),
    }


class CustomFieldItem(CustomFieldRows, SavedItem):
    """A field. All its values go with it."""

    changes = CustomFieldInput
