"""A receiver of webhooks: a real threaded HTTP server that can fail, stall, redirect and lie."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook as Verifier


@dataclass(frozen=True, slots=True)
class Taken:
    """A request that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> Any:
        """The payload, as somebody reads it who trusts everybody."""
        return json.loads(self.body)

    def verified(self, secret: str) -> Any:
        """The payload, as somebody reads it who trusts the signature only."""
        return Verifier(secret).verify(self.body, self.headers)


Behaviour = Callable[["Handler"], None]


@dataclass
class Receiver:
    """`taken` is what arrived, in order; `behave` answers each request."""

    behave: Behaviour
    taken: list[Taken] = field(default_factory=list)
    port: int = 0
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?shop=1"


class Handler(BaseHTTPRequestHandler):
    receiver: Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.receiver.taken.append(Taken(self.path, headers, body))
        self.close_connection = True
        self.receiver.behave(self)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


def answers(status: int, body: bytes = b"ok", **headers: str) -> Behaviour:
    def behave(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def stalls(handler: Handler) -> None:
    """Says nothing until the test is over."""
    handler.receiver.released.wait()


def drips(handler: Handler) -> None:
    """A header without end, a byte at a time: each is soon enough for a timeout between bytes."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    while not handler.receiver.released.wait(0.01):
        try:
            handler.wfile.write(b"a")
            handler.wfile.flush()
        except OSError:
            return


def lies(handler: Handler) -> None:
    """Promises a terabyte, and sends for as long as it is read."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(10**12))
    handler.end_headers()
    try:
        while not handler.receiver.released.is_set():
            handler.wfile.write(b"x" * 65536)
    except OSError:
        return


def talks_nonsense(handler: Handler) -> None:
    handler.wfile.write(b"\x00\x01 not HTTP at all\r\n\r\n")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


@contextmanager
def receiving(behave: Behaviour | None = None) -> Iterator[Receiver]:
    """One that listens on a free port of this machine meanwhile; it says "ok" unless told otherwise."""
    receiver = Receiver(behave or answers(200))
    handler = type("Bound", (Handler,), {"receiver": receiver})
    server = _Server(("127.0.0.1", 0), handler)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
