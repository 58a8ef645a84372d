"""What every view of the API shares: who may ask, what may be sent, and how errors look."""

from typing import ClassVar

from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from platform_core.accounts.models import PlatformUser
from tenant_shop.api.gate.authentication import KeyAuthentication
from tenant_shop.api.gate.scopes import MayUse, Scopes
from tenant_shop.api.gate.view import GatedInShop
from tenant_shop.backoffice.access import staff_access


class StaffSession(SessionAuthentication):
    """The session with which one of the shop's people is logged in on this host."""

    def authenticate(self, request: Request) -> tuple[PlatformUser, None] | None:
        access = staff_access(request._request)
        if access is None:
            return None
        self.enforce_csrf(request)
        user: PlatformUser = request._request.user  # type: ignore[assignment]
        return user, None

    def authenticate_header(self, request: Request) -> str:
        """Makes a request without a session 401, not 403."""
        return 'Session realm="shop"'


class ShopAPIView(GatedInShop):
    """A view of the shop's API. `scopes` says what it is about, and with it who may use it."""

    scopes: ClassVar[Scopes | None] = None
    takes_sessions = True
    authentication_classes = (KeyAuthentication, StaffSession)
    permission_classes: tuple[type[BasePermission], ...] = (MayUse,)
