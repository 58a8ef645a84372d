"""How many messages wait in each queue, and beside it."""

from prometheus_client.core import GaugeMetricFamily
from redis import Redis

from platform_core.tenancy import fair_share
from smartseller.celery import app
from smartseller.queues import Queue

TIMEOUT_SECONDS = 2


def queue_lengths() -> GaugeMetricFamily:
    """Messages that no worker has taken yet, by queue. Errors: RedisError, OSError."""
    gauge = GaugeMetricFamily("smartseller_queue_messages", "Messages that no worker has taken yet.", labels=["queue"])
    with app.connection_for_read() as broker:
        channel = broker.default_channel
        with channel.conn_or_acquire() as client:
            for name in sorted(app.amqp.queues):
                gauge.add_metric([name], _length(client, name))
    return gauge


def waiting_lengths() -> GaugeMetricFamily:
    """Messages that wait until others of their shop are done, by queue. Errors: RedisError, OSError."""
    gauge = GaugeMetricFamily(
        "smartseller_queue_waiting", "Messages that wait until others of their shop are done.", labels=["queue"]
    )
    found = fair_share.waiting()
    for queue in Queue:
        gauge.add_metric([queue.value], found.get(queue.value, 0))
    return gauge


def _length(client: Redis, name: str) -> int:
    return int(client.llen(name))
