"""`/metrics`: what Prometheus collects, for whoever knows the token."""

import logging
import os
from collections.abc import Callable, Iterator
from hmac import compare_digest
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from platform_core.fleet.gauges import fleet_gauges, outbox_gauge
from platform_core.tenancy.quick_redis import RedisUnavailable
from smartseller.observability.queues import queue_lengths, waiting_lengths

logger = logging.getLogger(__name__)

PATH = "/metrics"


class MetricsMiddleware:
    """Answers `/metrics` on any host, as whoever collects names the machine: with the token of `METRICS_TOKEN` as
    `Authorization: Bearer …`, else 401. Without a token in the settings there is no such page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path != PATH or not settings.METRICS_TOKEN:
            return self.get_response(request)
        given = str(request.headers.get("Authorization", ""))
        if not compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
            return HttpResponse("The token is missing or wrong.\n", status=401, headers={"WWW-Authenticate": "Bearer"})
        return HttpResponse(collected(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def collected() -> bytes:
    """All numbers: of the web processes of this machine, of the queue, of the fleet. No shop's
    database is asked. What cannot be asked is missing, and `smartseller_up` says so.
    """
    registry = CollectorRegistry()
    registry.register(_Shared())
    body = generate_latest(registry)
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        _forget_dead_processes(Path(folder))
        processes = CollectorRegistry()
        MultiProcessCollector(processes)  # type: ignore[no-untyped-call]
        return body + generate_latest(processes)
    return body + generate_latest(REGISTRY)


def _forget_dead_processes(folder: Path) -> None:
    """What a process held when it ended it holds no more; what it counted stays counted."""
    for path in folder.glob("gauge_live*_*.db"):
        pid = path.stem.rpartition("_")[2]
        if pid.isdigit() and not Path("/proc", pid).exists() and Path("/proc").exists():
            path.unlink(missing_ok=True)


class _Shared(Collector):
    """What is the same whichever process is asked."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = GaugeMetricFamily("smartseller_up", "Whether it could be asked: 1 or 0.", labels=["part"])
        try:
            yield from list(fleet_gauges())
            up.add_metric(["platform_database"], 1)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("the platform's database cannot be asked for its numbers: %s", error)
            up.add_metric(["platform_database"], 0)
        try:
            yield queue_lengths()
            yield waiting_lengths()
            yield outbox_gauge()
            up.add_metric(["queue"], 1)
        except (RedisError, RedisUnavailable, OSError) as error:
            logger.warning("the queue cannot be asked for its length: %s", error)
            up.add_metric(["queue"], 0)
        yield up
