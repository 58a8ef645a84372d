"""Whether this process lives, and whether this host can be served: for load balancers and operators."""

import logging

from django.db import DatabaseError, InterfaceError, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_redis import get_redis_connection
from redis.exceptions import RedisError

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import active_tenant
from smartseller.errors import SmartSellerError

logger = logging.getLogger(__name__)


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers; asks nothing of anybody."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the host's database answers (the shop's on a shop's host, else the platform's), otherwise 503.

    Redis is reported, and that is all: shops go on selling without it.
    """
    database, redis = _database_answers(), _redis_answers()
    facts = {"status": "ok" if database else "unavailable", "database": _word(database), "redis": _word(redis)}
    return JsonResponse(facts, status=200 if database else 503)


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
