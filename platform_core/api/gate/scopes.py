"""What a view is about, and who may use it.

class ShopList(PlatformAPIView, …):
    scopes = Scopes("shops")        # read_shops; write_shops for all but reading
"""

from dataclasses import dataclass
from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from platform_core.keys.models import UserKey
from platform_core.keys.scopes import RESOURCES, permits


@dataclass(frozen=True, slots=True)
class Scopes:
    """A view's resource, one of `RESOURCES`."""

    resource: str

    def __post_init__(self) -> None:
        if self.resource not in RESOURCES:
            raise ValueError(f"{self.resource} is no resource of {', '.join(RESOURCES)}")

    def needed(self, method: str) -> str:
        """The scope that a request with this method needs."""
        return f"{'read' if method in SAFE_METHODS else 'write'}_{self.resource}"

    def is_public(self, method: str) -> bool:
        """There are no keys here that everybody may read."""
        return False


class MayUse(BasePermission):
    """The key needs the view's scope, and its owner must still be allowed what it says."""

    def has_permission(self, request: Request, view: Any) -> bool:
        method = str(request.method)
        if method != "OPTIONS" and not hasattr(view, method.lower()):
            return True  # 405 is the better answer
        scopes: Scopes | None = getattr(view, "scopes", None)
        if scopes is None or not isinstance(request.auth, UserKey):
            return False
        needed = scopes.needed(method)
        if not request.auth.may(needed):
            raise PermissionDenied(f"The key needs the scope {needed}.", "scope_missing")
        if not permits(request.auth.user, needed):
            raise PermissionDenied(f"You may not do this any more, so your key may not: {needed}.", "scope_not_yours")
        return True
