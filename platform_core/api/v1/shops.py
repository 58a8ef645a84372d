"""`/api/v1/shops/`: the shops of the person whose key it is."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from platform_core.accounts.shops import shops_of
from platform_core.api.gate.scopes import Scopes
from platform_core.api.v1.resource import Lists, Shows
from platform_core.tenancy.hosts import public_url, shop_url
from platform_core.tenants.models import Tenant, TenantStatus
from smartseller.api import filters
from smartseller.api.outputs import RowOutput


class ShopOutput(RowOutput):
    """A shop of yours. `url` is where shoppers find it, `office_url` where you run it, `role` what you are there."""

    url = serializers.SerializerMethodField()
    office_url = serializers.SerializerMethodField()
    plan = serializers.CharField(source="plan_type")
    role = serializers.CharField()

    class Meta:
        model = Tenant
        fields = (
            "id",
            "slug",
            "name",
            "status",
            "plan",
            "role",
            "url",
            "office_url",
            "domain",
            "currency",
            "timezone",
            "country",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

    def get_url(self, shop: Tenant) -> str:
        return public_url(shop.slug, shop.domain)

    def get_office_url(self, shop: Tenant) -> str:
        return shop_url(shop.slug, "/admin/")


class ShopList(Lists):
    """Your shops."""

    model, output = Tenant, ShopOutput
    scopes = Scopes("shops")
    filters = {
        "slug": filters.text("slug", "The one at this address."),
        "status": filters.choice("status", TenantStatus.values, "As it stands."),
    }

    def rows(self) -> QuerySet[Any]:
        return shops_of(self.person.pk)


class ShopItem(Shows):
    """A shop of yours."""

    model, output = Tenant, ShopOutput
    scopes = Scopes("shops")

    def rows(self) -> QuerySet[Any]:
        return shops_of(self.person.pk)
