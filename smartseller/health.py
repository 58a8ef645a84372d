"""Whether this process lives, and whether this host can be served: for load balancers and operators."""

import logging
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_redis import get_redis_connection
from redis.exceptions import RedisError

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import active_tenant
from platform_core.tenancy.gate import Gate, gate_of
from smartseller.errors import SmartSellerError

logger = logging.getLogger(__name__)


class LivenessMiddleware:
    """Answers `/healthz` with 200 as long as the process does, on any host.

    Before everything else: a probe names the machine, which is nobody's host, and a database that is down does not mean
    that the process should be killed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return live(request) if request.path == "/healthz" else self.get_response(request)


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Asks nothing of anybody."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the host can be served: its database answers (the shop's, else the platform's), and the shop is made.

    Otherwise 503. A suspended shop is served, with a page that says so. Redis is reported, and that is all: shops go on
    selling without it.
    """
    tenant = active_tenant()
    gate = gate_of(tenant) if tenant else Gate.OPEN
    database, redis = _database_answers(), _redis_answers()
    is_ready = database and gate in (Gate.OPEN, Gate.SUSPENDED)
    status = "ok" if is_ready else "unavailable" if gate is Gate.OPEN else gate.value
    return JsonResponse(
        {"status": status, "database": _word(database), "redis": _word(redis)}, status=200 if is_ready else 503
    )


def _word(answers: bool) -> str:  # noqa: FBT001
    return "ok" if answers else "down"


def _database_answers() -> bool:
    try:
        connection = shop_connection() if active_tenant() else connections["default"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError, SmartSellerError) as error:
        logger.warning("the database does not answer: %s", error)
        return False
    return True


def _redis_answers() -> bool:
    try:
        return bool(get_redis_connection("default").ping())
    except (RedisError, OSError) as error:
        logger.warning("Redis does not answer: %s", error)
        return False
