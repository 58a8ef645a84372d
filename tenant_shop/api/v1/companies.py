"""`/api/v1/companies/`: accounts of companies, their terms and who buys for them."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from smartseller.api import filters
from smartseller.api.inputs import Input, Text
from smartseller.api.outputs import RowOutput
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.fields import Amount
from tenant_shop.api.v1.resource import Acts, Lists, Resource, Shows, Values
from tenant_shop.companies.decide import approve_company, block_company
from tenant_shop.companies.models import Company, CompanyMember

LONGEST_REASON = 500


class CompanyMemberOutput(serializers.ModelSerializer[CompanyMember]):
    """Somebody who buys for the company; orders beyond `order_limit` need an approval."""

    customer_id = serializers.UUIDField(read_only=True)
    order_limit = Amount(allow_null=True)

    class Meta:
        model = CompanyMember
        fields = ("customer_id", "role", "order_limit", "is_active")
        read_only_fields = fields


class CompanyAccountOutput(RowOutput):
    """A company. Only one that is approved buys as one; then `group_id` says at whose prices."""

    group_id = serializers.UUIDField(read_only=True, allow_null=True)
    credit_limit = Amount()
    approval_above = Amount(allow_null=True)
    members = CompanyMemberOutput(many=True, read_only=True)

    class Meta:
        model = Company
        fields = (
            "id",
            "name",
            "status",
            "tax_id",
            "tax_id_state",
            "tax_id_checked_at",
            "address_line_1",
            "address_line_2",
            "postal_code",
            "city",
            "state_province",
            "country",
            "group_id",
            "pay_later",
            "payment_days",
            "credit_limit",
            "approval_rule",
            "approval_above",
            "purchase_number_required",
            "members",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class CompanyRows(Resource):
    """Companies with their members, in two statements."""

    model = Company
    output = CompanyAccountOutput
    scopes = Scopes("companies")

    def rows(self) -> QuerySet[Company]:
        return Company.objects.prefetch_related("members")


class CompanyList(CompanyRows, Lists):
    """Companies that asked for an account, or have one."""

    filters = {
        "status": filters.choice("status", Company.Status.choices, "Those that stand so."),
        "tax_id": filters.text("tax_id", "The one with this tax id."),
        "group_id": filters.key("group_id", "Those in this group."),
    }


class CompanyItem(CompanyRows, Shows):
    """A company."""


class ApproveCompany(CompanyRows, Acts):
    """Lets a company buy as one. Its admins are written to."""

    operation = "approve_company"
    verb = "approve"

    def act(self, row: Company, values: Values) -> None:
        approve_company(row.pk)


class BlockInput(Input):
    """`reason` is told to the company's admins."""

    reason = Text(max_length=LONGEST_REASON, required=False, allow_blank=True)


class BlockCompany(CompanyRows, Acts):
    """Turns a company down, or stops one that bought: its members order as private persons."""

    operation = "block_company"
    verb = "block"
    input = BlockInput
    examples: dict[str, Any] = {"POST": {"reason": "Bills of three months are open."}}

    def act(self, row: Company, values: Values) -> None:
        block_company(row.pk, reason=values.get("reason", "").strip())
