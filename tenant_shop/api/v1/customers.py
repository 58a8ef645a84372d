"""`/api/v1/customers/`: who has an account, with the addresses that they keep."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from rest_framework import serializers

from smartseller.api import filters
from smartseller.api.inputs import Choice, Flag, Id, Input, Text, Texts
from smartseller.api.outputs import RowOutput
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.custom_fields import CustomFieldsInput, CustomFieldsOutput, read_custom_values
from tenant_shop.api.v1.fields import Amount
from tenant_shop.api.v1.resource import Creates, Deletes, Edits, Lists, Resource, Shows, Values
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.customers.address_book import Role, remove_address, roles_of, save_address
from tenant_shop.customers.change_customer import change_customer
from tenant_shop.customers.models import Customer, CustomerAddress
from tenant_shop.orders.address import FIELDS


class CustomerOutput(CustomFieldsOutput, RowOutput):
    """A customer. `delivered_orders` and `delivered_total` are of what was delivered, in the shop's currency."""

    custom_owner = CustomField.Owner.CUSTOMER
    group_id = serializers.UUIDField(read_only=True, allow_null=True)
    tags = serializers.SerializerMethodField()
    delivered_orders = serializers.IntegerField(source="total_orders", read_only=True)
    delivered_total = Amount(source="total_spent")

    class Meta:
        model = Customer
        fields = (
            "id",
            "email",
            "email_verified",
            "first_name",
            "last_name",
            "phone",
            "status",
            "language",
            "marketing_consent",
            "group_id",
            "loyalty_points",
            "loyalty_tier",
            "delivered_orders",
            "delivered_total",
            "tags",
            "custom_fields",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

    def get_tags(self, customer: Customer) -> list[str]:
        return customer.tags or []


class CustomerInput(Input):
    """What the shop's people may change. `marketing_consent` is written down with its time."""

    first_name = Text(max_length=100, required=False, allow_null=True, allow_blank=True)
    last_name = Text(max_length=100, required=False, allow_null=True, allow_blank=True)
    phone = Text(max_length=20, required=False, allow_null=True, allow_blank=True)
    status = Choice(Customer.Status.choices, required=False)
    language = Text(max_length=5, required=False)
    group_id = Id(required=False, allow_null=True)
    marketing_consent = Flag(required=False)
    tags = Texts(longest=50, most=50, required=False)
    custom_fields = CustomFieldsInput(required=False)


class CustomerRows(Resource):
    """Customers, in one statement."""

    model = Customer
    output = CustomerOutput
    scopes = Scopes("customers")


class CustomerList(CustomerRows, Lists):
    """The shop's customers."""

    filters = {
        "email": filters.text("email__iexact", "The one of this address."),
        "status": filters.choice("status", Customer.Status.choices, "Those who stand so."),
        "group_id": filters.key("group_id", "Those in this group."),
        "marketing_consent": filters.flag("marketing_consent", "Who wants mails about offers, or does not."),
        "tag": filters.among("tags__contains", "Those with this tag."),
        "created_from": filters.moment("created_at__gte", "Who came then or later."),
        "created_until": filters.moment("created_at__lte", "Who came then or before."),
    }


class CustomerItem(CustomerRows, Shows, Edits):
    """A customer. Accounts are opened, and their addresses of mail changed, by the customers themselves."""

    changes = CustomerInput

    def change(self, row: Customer, values: Values) -> None:
        custom = values.pop("custom_fields", None)
        if custom is not None:
            owner = CustomField.Owner.CUSTOMER
            values["metadata"] = read_custom_values(owner, custom, metadata=row.metadata, is_new=False)
        change_customer(row, values)


class AddressOutput(RowOutput):
    """An address in a customer's book; orders carry a copy of theirs. `default_for` says what it is chosen for."""

    customer_id = serializers.UUIDField(read_only=True)
    default_for = serializers.SerializerMethodField()

    class Meta:
        model = CustomerAddress
        fields = (
            "id",
            "customer_id",
            "default_for",
            "first_name",
            "last_name",
            "company",
            "address_line_1",
            "address_line_2",
            "postal_code",
            "city",
            "state_province",
            "country",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

    def get_default_for(self, address: CustomerAddress) -> list[str]:
        return sorted(role.value for role in roles_of(address))


class AddressInput(Input):
    """Which fields an address has is its country's matter. `default_for`: "shipping", "billing", or both."""

    default_for = serializers.ListField(child=Choice([role.value for role in Role]), required=False, max_length=2)
    first_name = Text(max_length=100, required=False, allow_null=True, allow_blank=True)
    last_name = Text(max_length=100, required=False, allow_null=True, allow_blank=True)
    company = Text(max_length=255, required=False, allow_null=True, allow_blank=True)
    address_line_1 = Text(max_length=255)
    address_line_2 = Text(max_length=255, required=False, allow_null=True, allow_blank=True)
    postal_code = Text(max_length=20, required=False, allow_null=True, allow_blank=True)
    city = Text(max_length=100, required=False, allow_null=True, allow_blank=True)
    state_province = Text(max_length=100, required=False, allow_null=True, allow_blank=True)
    country = Text(max_length=2)


class AddressRows(Resource):
    """Addresses of one customer."""

    model = CustomerAddress
    output = AddressOutput
    scopes = Scopes("customers")

    def chosen(self, **keys: Any) -> Values:
        return {"customer": keys["key"], "pk": keys["address"]}


class AddressList(AddressRows, Lists, Creates):
    """The address book of a customer, of at most 50. The first one is chosen for everything."""

    input = AddressInput

    def listed(self, **keys: Any) -> QuerySet[CustomerAddress]:
        if not Customer.objects.filter(pk=keys["key"]).exists():
            raise Http404
        return self.rows().filter(customer=keys["key"])

    def create(self, values: Values, **keys: Any) -> CustomerAddress:
        roles = frozenset(map(Role, values.pop("default_for", ())))
        return save_address(Customer.objects.get(pk=keys["key"]), typed(values), roles=roles)


class AddressItem(AddressRows, Shows, Edits, Deletes):
    """An address. What a deleted one was chosen for, the oldest of the others is then."""

    changes = AddressInput

    def change(self, row: CustomerAddress, values: Values) -> None:
        roles = frozenset(map(Role, values.pop("default_for"))) if "default_for" in values else roles_of(row)
        lines = typed({**{name: getattr(row, name) for name in FIELDS}, **values})
        save_address(row.customer, lines, roles=roles, address_id=row.pk)

    def remove(self, row: CustomerAddress) -> None:
        remove_address(row.customer, row.pk)


def typed(values: Values) -> dict[str, str]:
    """As a form gives an address."""
    return {name: value or "" for name, value in values.items()}
