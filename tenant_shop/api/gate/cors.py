"""Web pages elsewhere that call the API: a browser lets them if the key says so (CORS). Cookies never go along."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from smartseller.api.refusals import Refusal
from tenant_shop.integrations.keys.make import ANY_ORIGIN
from tenant_shop.integrations.keys.models import ApiKey

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
TAKEN = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, API-Version, Prefer"
SHOWN = (
    "API-Version, Content-Range, Deprecation, ETag, Idempotent-Replayed, Link, Location, RateLimit-Limit, "
    "RateLimit-Policy, RateLimit-Remaining, RateLimit-Reset, Retry-After, Sunset, X-Request-ID"
)
# Seconds that a browser need not ask again.
ASK_AGAIN_IN = 600


def is_preflight(request: HttpRequest) -> bool:
    """Whether a browser asks if it may ask. It has no key yet."""
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def answer_preflight(request: HttpRequest) -> HttpResponse:
    """204, and whether any key of the shop is good in the page. One SELECT."""
    response = HttpResponse(status=204)
    patch_vary_headers(response, ["Origin"])
    origin = request.headers.get("Origin", "")
    if _is_known(origin):
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Allow-Methods"] = METHODS
        response["Access-Control-Allow-Headers"] = TAKEN
        response["Access-Control-Max-Age"] = str(ASK_AGAIN_IN)
    return response


def check_origin(request: HttpRequest, key: ApiKey) -> None:
    """Errors: Refusal 403 where the key is not good in the page that the request comes from.

    So a secret key that somebody wrote into a page is of no use there, whatever browser it is read with.
    """
    origin = request.headers.get("Origin")
    if origin is not None and origin != _own(request) and not _is_good(origin, key):
        raise Refusal(403, "origin_not_allowed", f"This key is not good in pages of {origin[:100]}.")


def show(request: HttpRequest, response: HttpResponseBase, key: ApiKey | None) -> None:
    """Let the page read the answer: with a key that is good there, or, when the key is none, if another would be."""
    origin = request.headers.get("Origin")
    if origin is None or origin == _own(request):
        return
    patch_vary_headers(response, ["Origin"])
    if _is_good(origin, key) if key is not None else _is_known(origin):
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = SHOWN


def _own(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _is_good(origin: str, key: ApiKey) -> bool:
    return origin in key.origins or ANY_ORIGIN in key.origins


def _is_known(origin: str) -> bool:
    if not origin or "\x00" in origin:
        return False
    live = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=timezone.now()))
    return ApiKey.objects.filter(live, origins__overlap=[origin, ANY_ORIGIN]).exists()
