"""`/api/v1/customer-groups/`: customers who buy at prices of their own."""

from smartseller.api import filters
from smartseller.api.inputs import Flag, Input, Text
from smartseller.api.outputs import RowOutput
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.amounts import AmountInput
from tenant_shop.api.v1.fields import Amount
from tenant_shop.api.v1.resource import Values
from tenant_shop.api.v1.saved import Saved, SavedItem, SavedList
from tenant_shop.pricing.models import CustomerGroup
from tenant_shop.pricing.save_group import delete_group, save_group


class CustomerGroupOutput(RowOutput):
    """A group. `minimum_order_amount` is what the goods of an order cost at least, before discounts."""

    minimum_order_amount = Amount(allow_null=True)

    class Meta:
        model = CustomerGroup
        fields = ("id", "name", "description", "is_active", "minimum_order_amount", "created_at", "updated_at")
        read_only_fields = fields


class CustomerGroupInput(Input):
    name = Text(max_length=100)
    description = Text(max_length=5_000, required=False, allow_blank=True)
    is_active = Flag(required=False)
    minimum_order_amount = AmountInput(required=False, allow_null=True)


class CustomerGroups(Saved):
    model, output = CustomerGroup, CustomerGroupOutput
    scopes = Scopes("customers")

    def save(self, row: CustomerGroup, values: Values) -> CustomerGroup:
        return save_group(row, values)

    def discard(self, row: CustomerGroup) -> None:
        delete_group(row)


class CustomerGroupList(CustomerGroups, SavedList):
    """The shop's groups of customers. Who is in which is said with the customer (`group_id`)."""

    input = CustomerGroupInput
    filters = {
        "name": filters.text("name", "The one of this name."),
        "is_active": filters.flag("is_active", "Those whose prices hold, or do not."),
    }


class CustomerGroupItem(CustomerGroups, SavedItem):
    """A group. Its price lists go with it; its customers stay, and pay what everybody pays."""

    changes = CustomerGroupInput
