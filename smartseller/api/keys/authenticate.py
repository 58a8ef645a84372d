"""Who comes with a key in the header `Authorization`."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from smartseller.api.keys.errors import KeyRefused
from smartseller.api.keys.rules import KeyRules
from smartseller.api.refusals import Refusal
from smartseller.client_address import ip_of
from smartseller.observability.keys_in_text import TRACE

# What others call it. A `key` may be a filter; ours is known by its looks.
IN_QUERY = frozenset({"api_key", "apikey", "access_token", "secret"})


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer …`: a request with the header stands and falls with it, whatever session comes along.

    A key in the address is refused, whatever else there is: addresses end up in logs and histories.
    """

    def find(self, secret: str, *, at: datetime) -> Any:
        """The key. Errors: KeyRefused."""
        raise NotImplementedError

    def user_of(self, key: Any) -> Any:
        """What `request.user` is then. Errors: Refusal, AuthenticationFailed."""
        raise NotImplementedError

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        refuse_key_in_address(request)
        header = request._request.META.get("HTTP_AUTHORIZATION")
        if header is None:
            return None
        scheme, _, secret = str(header).partition(" ")
        if scheme.lower() != "bearer":
            raise AuthenticationFailed("Send the key as “Authorization: Bearer …”.", "key_invalid")
        try:
            key: KeyRules = self.find(secret.strip(), at=timezone.now())
        except KeyRefused as refusal:
            raise AuthenticationFailed(str(refusal), refusal.code) from None
        if not key.is_good_at(ip_of(request._request)):
            raise Refusal(403, "address_not_allowed", "This key is not good where the request comes from.")
        return self.user_of(key), key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def refuse_key_in_address(request: Request) -> None:
    """Errors: Refusal 400."""
    query = request._request.META.get("QUERY_STRING", "")
    if not query or not (TRACE.search(query) or IN_QUERY & request.query_params.keys()):
        return
    raise Refusal(
        400,
        "key_in_address",
        "Send the key in the header Authorization. One that stood in an address is in logs by now: roll it.",
    )
