"""Webhooks at a hundred events a second: how late they arrive, and whether a dead receiver makes others wait."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import quantiles
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F

from bench.cluster import Shop
from bench.measure import Figure, milliseconds, ratio_of, take_turns
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from platform_core.tenancy.transactions import shop_transaction
from smartseller.queues import Queue
from tenant_shop.customers.models import Customer
from tenant_shop.integrations.models import OutboxEvent, Webhook, WebhookDelivery
from tenant_shop.integrations.record import record_event
from tenant_shop.integrations.webhooks.keep_endpoint import EndpointFields, make_endpoint
from tenant_shop.integrations.webhooks.wake import wake_relay

EVENTS_PER_SECOND = 100
SECONDS_A_TURN = 10
CUSTOMERS = 200
# How long all of a turn may take to arrive before the measurement is given up.
GIVE_UP = 120
ALONE, BESIDE = "alone", "beside a dead one"


class Books:
    """Receivers on this machine: `live` notes when each event came, `dead` takes a request and never answers it."""

    def __init__(self) -> None:
        self.arrived: dict[str, float] = {}
        self.over = threading.Event()
        books = self

        class Live(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                books.arrived.setdefault(self.headers["webhook-id"], time.monotonic())
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
                pass

        class Dead(Live):
            def do_POST(self) -> None:
                books.over.wait()

        self.live, self.dead = _serve(Live), _serve(Dead)

    def close(self) -> None:
        self.over.set()
        for server in (self.live, self.dead):
            server.shutdown()
            server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def _serve(handler: type[BaseHTTPRequestHandler]) -> _Server:
    server = _Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def measure(shops: list[Shop], rounds: int) -> list[Figure]:
    """A turn is ten seconds with a hundred transactions each that record one event; its figure is the 95th percentile
    of the time from the commit to the arrival. One worker with one child, as `celery -A smartseller worker -Q outside`.
    """
    books = Books()
    try:
        with _worker(), tenant_context(directory.by_slug(shops[0].slug)):
            customers = _customers()
            _listen("Live", books.live)
            dead = _listen("Dead", books.dead)
            kept: list[float] = []

            def turn_of(*, beside: bool) -> float:
                Webhook.objects.filter(pk=dead).update(
                    is_active=beside, failure_count=0, paused_until=None, failing_since=None, warned_at=None
                )
                late, per_second = _turn(books, customers)
                if not beside:
                    kept.append(per_second)
                return late

            turn_of(beside=False)
            kept.clear()
            found = take_turns(
                {ALONE: lambda number: turn_of(beside=False), BESIDE: lambda number: turn_of(beside=True)}, rounds
            )
            Webhook.objects.all().delete()
    finally:
        books.close()
    ratio, low, high = ratio_of(found[ALONE], [1.0] * rounds)
    other, other_low, other_high = ratio_of(found[BESIDE], found[ALONE])
    return [
        Figure(
            name=f"webhooks at {EVENTS_PER_SECOND} events a second, from commit to arrival, 95th percentile",
            measured=f"{milliseconds(found[ALONE])} at {min(kept):.0f} events/s",
            baseline="1 s",
            ratio=ratio,
            low=low,
            high=high,
            goal="≤ 1.0",
            rounds=rounds,
        ),
        Figure(
            name="the same beside a receiver that never answers",
            measured=milliseconds(found[BESIDE]),
            baseline=milliseconds(found[ALONE]),
            ratio=other,
            low=other_low,
            high=other_high,
            goal="≤ 1.1",
            rounds=rounds,
        ),
    ]


def _turn(books: Books, customers: list[UUID]) -> tuple[float, float]:
    """Record the events, each when it is due, and wait for the last: the 95th percentile of their ways in seconds, and
    how many a second came in. Errors: RuntimeError when some do not arrive.
    """
    sent: dict[str, float] = {}
    began = time.monotonic()
    for number in range(EVENTS_PER_SECOND * SECONDS_A_TURN):
        time.sleep(max(0.0, began + number / EVENTS_PER_SECOND - time.monotonic()))
        with shop_transaction():
            event = record_event("customer.created", {"id": str(customers[number % len(customers)])})
        sent[str(event.pk)] = time.monotonic()
    while missing := sent.keys() - books.arrived.keys():
        if time.monotonic() > began + SECONDS_A_TURN + GIVE_UP:
            waiting = WebhookDelivery.objects.filter(state=WebhookDelivery.State.WAITING, event__in=missing).count()
            raise RuntimeError(f"{len(missing)} of {len(sent)} events did not arrive; {waiting} are to be tried again")
        wake_relay()  # no beat runs here that would look for what is due again
        time.sleep(0.5)
    ways = [books.arrived[name] - moment for name, moment in sent.items()]
    per_second = len(sent) / (max(books.arrived[name] for name in sent) - began)
    return quantiles(ways, n=20)[-1], per_second


def _customers() -> list[UUID]:
    rows = [Customer(email=f"bench-{number}@example.com", first_name="Ann") for number in range(CUSTOMERS)]
    Customer.objects.bulk_create(rows, ignore_conflicts=True)
    OutboxEvent.objects.filter(delivered_at=None).update(delivered_at=F("created_at"))
    return list(Customer.objects.order_by("email").values_list("pk", flat=True)[:CUSTOMERS])


def _listen(name: str, server: _Server) -> UUID:
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    fields = EndpointFields(name=name, url=url, events=["customer.created"], headers={}, timeout_seconds=5)
    webhook: UUID = make_endpoint(fields)[0].pk
    return webhook


@contextmanager
def _worker() -> Iterator[None]:
    """A worker for webhooks, until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "smartseller", "worker", "-c", "1", "-Q", Queue.OUTSIDE.value,
         "--without-mingle", "--without-gossip", "-l", "ERROR"],
        cwd=settings.BASE_DIR,
        env=os.environ.copy(),
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        process.terminate()
        process.wait()
