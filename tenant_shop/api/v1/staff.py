"""`/api/v1/staff/`: who works in the shop."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.accounts.models import AccessRole, TenantAccess
from platform_core.accounts.staff.seats import LIVE
from platform_core.tenancy.context import current_tenant
from smartseller.api.lists import check_parameters, written_moment
from smartseller.api.outputs import Output
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.base import ShopAPIView

MOST_SHOWN = 500


class StaffMemberOutput(serializers.Serializer[Any]):
    """Somebody who may work in the shop now; what the role alone does not say is in the back office."""

    id = serializers.UUIDField()
    user_id = serializers.UUIDField()
    email = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    role = serializers.ChoiceField(AccessRole.choices)
    has_exceptions = serializers.BooleanField()
    granted_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class StaffOutput(Output):
    """Everybody on one page, by address of mail."""

    results = StaffMemberOutput(many=True)


class StaffList(ShopAPIView):
    """The shop's people, and what role each has. Who was invited and did not come yet is not among them."""

    scopes = Scopes("staff")
    operation = "list_staff"
    output = StaffOutput
    place_filters: dict[str, Any] = {}

    def get(self, request: Request) -> Response:
        check_parameters(request.query_params, ())
        people = TenantAccess.objects.filter(LIVE, tenant=current_tenant().id).select_related("platform_user")
        rows = people.order_by("platform_user__email")[:MOST_SHOWN]
        return Response({"results": [_told(access) for access in rows]})


def _told(access: TenantAccess) -> dict[str, Any]:
    user = access.platform_user
    return {
        "id": str(access.pk),
        "user_id": str(user.pk),
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "role": access.role,
        "has_exceptions": bool(access.permissions),
        "granted_at": written_moment(access.granted_at),
        "expires_at": written_moment(access.expires_at) if access.expires_at else None,
    }
