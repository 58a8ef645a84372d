"""What a view is about, and who may use it.

    class ProductList(ShopAPIView, ListAPIView):
        scopes = Scopes("products")                          # read_products; write_products for all but reading
        scopes = Scopes("products", publishable="read")      # publishable keys may read it, too
        scopes = Scopes("carts", publishable="write")        # they may read and write it

A view that publishable keys may use shows them no more than shoppers see: `is_shopper(request)`.
"""

from dataclasses import dataclass
from typing import Any, Literal

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from platform_core.accounts.models import PlatformUser
from tenant_shop.integrations.keys.models import ApiKey
from tenant_shop.integrations.keys.scopes import RESOURCES, permission_for


@dataclass(frozen=True, slots=True)
class Scopes:
    """A view's resource, one of `RESOURCES`, and what publishable keys may do with it."""

    resource: str
    publishable: Literal["", "read", "write"] = ""

    def __post_init__(self) -> None:
        if self.resource not in RESOURCES:
            raise ValueError(f"{self.resource} is no resource of {', '.join(RESOURCES)}")

    def needed(self, method: str) -> str:
        """The scope that a request with this method needs."""
        return f"{'read' if method in SAFE_METHODS else 'write'}_{self.resource}"

    def is_public(self, method: str) -> bool:
        """Whether a publishable key is enough."""
        return self.publishable == "write" or (self.publishable == "read" and method in SAFE_METHODS)


class MayUse(BasePermission):
    """Keys need the view's scope; the shop's people, whose session is enough for reading, the same permission as in the
    back office. A view that declares no scopes is nobody's.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        method = str(request.method)
        if method != "OPTIONS" and not hasattr(view, method.lower()):
            return True  # 405 is the better answer
        scopes: Scopes | None = getattr(view, "scopes", None)
        if scopes is None:
            return False
        if isinstance(request.auth, ApiKey):
            _check_key(request.auth, scopes, method)
            return True
        if not isinstance(request.user, PlatformUser):
            return False
        if method not in SAFE_METHODS:
            raise PermissionDenied("A session is good for reading. Changing something needs a key.", "key_needed")
        return request.user.has_perm(permission_for(scopes.needed(method)))


def _check_key(key: ApiKey, scopes: Scopes, method: str) -> None:
    needed = scopes.needed(method)
    if key.is_publishable:
        if not scopes.is_public(method):
            message = f"A publishable key sees what shoppers see. This needs a secret key with {needed}."
            raise PermissionDenied(message, "publishable_key")
    elif not key.may(needed):
        raise PermissionDenied(f"The key needs the scope {needed}.", "scope_missing")


def is_shopper(request: Request) -> bool:
    """Whether the request may see no more than every shopper."""
    return isinstance(request.auth, ApiKey) and request.auth.is_publishable
