"""The numbers of this process, in the form that Prometheus reads.

Web processes on one machine share a folder (`METRICS_DIR`), so that any of them can answer for all of them.
"""

from prometheus_client import Counter, Gauge, Histogram

from platform_core.tenancy.postgresql.pool import PoolUse

# Seconds. A page of a shop is expected within a tenth, and whoever waits ten has left.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUEST_SECONDS = Histogram(
    "smartseller_request_seconds", "How long requests took, by the route that answered.", ["route"], buckets=BUCKETS
)
REQUESTS = Counter(
    "smartseller_requests", "Requests, by route, method and class of status.", ["route", "method", "status"]
)
TASK_SECONDS = Histogram(
    "smartseller_task_seconds", "How long tasks ran, by name and outcome.", ["task", "outcome"], buckets=BUCKETS
)
SLOW_STATEMENTS = Counter("smartseller_slow_statements", "SQL statements that took longer than SLOW_STATEMENT_MS.")
SHOP_CONNECTIONS = Gauge(
    "smartseller_shop_connections", "Connections to shops, lent out or at rest.", ["state"],
    multiprocess_mode="livesum",
)  # fmt: skip


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """One request that took `seconds` and was answered with `status`."""
    REQUEST_SECONDS.labels(route).observe(seconds)
    REQUESTS.labels(route, method if method in METHODS else "other", f"{status // 100}xx").inc()


def show_pool(use: PoolUse) -> None:
    """How full this process's pool of connections to shops is."""
    SHOP_CONNECTIONS.labels("leased").set(use.leased)
    SHOP_CONNECTIONS.labels("idle").set(use.idle)
