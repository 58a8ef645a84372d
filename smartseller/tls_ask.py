"""`/tls-ask?domain=…`: what Caddy asks before it gets a certificate for a name that a visitor came by."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from platform_core.tenancy.certificates import TooManyNames, may_have_certificate
from platform_core.tenancy.errors import DirectoryUnavailable

PATH = "/tls-ask"


class TlsAskMiddleware:
    """Answers on any host, as Caddy names the machine: 200 for a name that may have a certificate, 404 for any other.

    429 when too many unknown names come within a second, 503 while nobody can say; Caddy takes both for a no, and asks
    again at the next visit. The proxy keeps the path from the world (`docker/caddy/Caddyfile`), and nothing is told
    here that a visit would not tell.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path != PATH:
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        try:
            status = 200 if may_have_certificate(request.GET.get("domain", "")) else 404
        except TooManyNames:
            status = 429
        except DirectoryUnavailable:
            status = 503
        return HttpResponse(status=status, headers={"Cache-Control": "no-store"})
