"""Every request once: its name, how long it took, how it ended."""

import logging
from collections.abc import Callable
from time import perf_counter

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from platform_core.status.responses import responses
from platform_core.tenancy.postgresql.base import pool
from smartseller.observability import metrics
from smartseller.observability.request_id import HEADER, named, request_id_of

logger = logging.getLogger("smartseller.requests")

UNMATCHED, STATIC = "(none)", "(static file)"


class RequestsMiddleware:
    """Names each request, measures it and writes a line about it. Stands before everything else.

    Of the address only the route is kept, as the URL configuration spells it: the number of routes is bounded, and
    what stands in their places can be a key (a link to an order, to a new password).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = perf_counter()
        request_id = request_id_of(request)
        request.request_id = request_id  # type: ignore[attr-defined]
        with named(request_id):
            response = self.get_response(request)
            seconds = perf_counter() - started
            response.headers.setdefault(HEADER, request_id)
            route = route_of(request)
            if settings.MEASURE_RESPONSES and route != STATIC:
                responses.note(seconds)
            if settings.METRICS_TOKEN:
                metrics.count_request(request.method or "", route, response.status_code, seconds)
                metrics.show_pool(pool().use())
            if settings.LOG_REQUESTS:
                logger.info(
                    "%s %s %d",
                    request.method, route, response.status_code,
                    extra={
                        "request": request,
                        "method": request.method,
                        "route": route,
                        "status": response.status_code,
                        "duration_ms": round(seconds * 1000, 1),
                    },
                )  # fmt: skip
        return response


def route_of(request: HttpRequest) -> str:
    """The pattern that the address matched, such as `/products/<slug:slug>/`; where no view answered, what did:
    `(shared page)`, `(static file)`, or `(none)`.
    """
    match = request.resolver_match
    if match is not None:
        return f"/{match.route}"
    if request.path.startswith(settings.STATIC_URL):
        return STATIC
    return str(getattr(request, "answered_from", UNMATCHED))
