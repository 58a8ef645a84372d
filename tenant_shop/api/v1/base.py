"""What every view of the API shares: who may ask, how errors look, how lists are cut."""

from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.authentication import SessionAuthentication
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from platform_core.accounts.models import PlatformUser
from smartseller.errors import SmartSellerError
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


class MayView(BasePermission):
    """The access must let its holder see the view's `model`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.user, PlatformUser):
            return False
        model = getattr(view, "model", None)
        return model is None or request.user.has_perm(f"tenant_shop.view_{model._meta.model_name}")


class ShopAPIView(APIView):
    """A view of the shop's API."""

    authentication_classes = (StaffSession,)
    permission_classes: tuple[type[BasePermission], ...] = (MayView,)
    renderer_classes = (JSONRenderer,)

    def get_exception_handler(self) -> Callable[..., Response | None]:
        return answer_error

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "no-store, private"
        return final


class NewestFirst(CursorPagination):
    """Pages that stay in place while rows are added; `limit` rows each, 50 unless told, at most 200."""

    ordering = "-created_at"
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """`{"error": {"code", "message"}}` under the error's status; None for a fault of the program (500)."""
    if isinstance(error, SmartSellerError) and error.status < 500:
        return _answer(error.code, str(error), error.status)
    if isinstance(error, OperationalError | InterfaceError | SmartSellerError):
        return None  # the fence answers: 503 when trying again may help
    if isinstance(error, Http404):
        return _answer("not_found", "There is nothing here.", status.HTTP_404_NOT_FOUND)
    if isinstance(error, exceptions.APIException):
        challenge = getattr(error, "auth_header", None)
        headers = {"WWW-Authenticate": challenge} if challenge else {}
        detail = error.detail
        message = str(detail) if isinstance(detail, str) else "The request is not valid."
        code = str(getattr(detail, "code", None) or error.default_code)
        details = None if isinstance(detail, str) else detail
        return _answer(code, message, error.status_code, details=details, headers=headers)
    return None


def _answer(
    code: str, message: str, http_status: int, *, details: Any = None, headers: dict[str, str] | None = None
) -> Response:
    body: dict[str, Any] = {"code": code, "message": message}
    if details is not None:
        body["details"] = details
    return Response({"error": body}, status=http_status, headers=headers)
