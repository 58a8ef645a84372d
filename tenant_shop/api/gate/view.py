"""What every view of a shop's API goes through."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from smartseller.api.idempotency import NamedCall
from smartseller.api.view import Gated
from tenant_shop.api.gate.allowance import allow
from tenant_shop.api.gate.cors import answer_preflight, check_origin, is_preflight, show
from tenant_shop.api.gate.idempotency import named_call
from tenant_shop.api.gate.log import note
from tenant_shop.integrations.idempotency.keep import ANSWERS
from tenant_shop.integrations.keys.models import ApiKey


class GatedInShop(Gated):
    """A view that counts calls made with a key of the shop, notes them, and answers browsers in other sites' pages."""

    kept = ANSWERS
    _key: ApiKey | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_preflight(request):
            return answer_preflight(request)
        response = super().dispatch(request, *args, **kwargs)
        show(request, response, self._key)
        return response

    def admit(self, request: Request) -> Mapping[str, str]:
        if not isinstance(request.auth, ApiKey):
            return {}
        check_origin(request._request, request.auth)
        self._key = request.auth
        return allow(request, request.auth)

    def named_call(self, request: Request) -> NamedCall | None:
        return named_call(request)

    def note_end(self, request: HttpRequest, *, status: int, code: str, started: float) -> None:
        if self._key is not None:
            note(request, self._key, status=status, code=code, started=started)
