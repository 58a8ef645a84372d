"""What every view of the platform's API goes through."""

from collections.abc import Mapping
from typing import ClassVar, cast

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from platform_core.accounts.models import PlatformUser
from platform_core.api.gate.authentication import UserKeyAuthentication
from platform_core.api.gate.scopes import MayUse, Scopes
from platform_core.keys.models import UserKey
from platform_core.keys.upkeep import ANSWERS
from platform_core.tenancy.cache import fenced_key
from platform_core.tenancy.call_limit import Bucket
from platform_core.tenancy.spend_call import spend_call
from smartseller.api.idempotency import NamedCall, name_of
from smartseller.api.view import Gated
from smartseller.client_address import address_of

# Calls an hour: of all keys of one person together, and of an address without a key.
OF_A_PERSON, OF_A_VISITOR = 3_600, 300


class PlatformAPIView(Gated):
    """A view of the platform's API. `scopes` says what it is about, and with it who may use it."""

    kept = ANSWERS
    scopes: ClassVar[Scopes | None] = None
    authentication_classes = (UserKeyAuthentication,)
    permission_classes: tuple[type[BasePermission], ...] = (MayUse,)

    @property
    def person(self) -> PlatformUser:
        """Whose key it is."""
        return cast("PlatformUser", self.request.user)

    def admit(self, request: Request) -> Mapping[str, str]:
        key = request.auth
        if isinstance(key, UserKey):
            return spend_call([Bucket(fenced_key(f"user-calls:{key.user_id.hex}", "", 1), OF_A_PERSON)])
        where = address_of(request._request)
        return spend_call([Bucket(fenced_key(f"visitor-calls:{where}", "", 1), OF_A_VISITOR)])

    def named_call(self, request: Request) -> NamedCall | None:
        name = name_of(request)
        if name is None or not isinstance(request.auth, UserKey):
            return None
        return NamedCall(request.auth.pk, name)
