"""A register of tax ids, played by a small server on loopback that can be wrong in every way."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GOOD = {
    "countryCode": "AT",
    "vatNumber": "U13585627",
    "valid": True,
    "name": "Example  GmbH",
    "requestIdentifier": "WAPIAAAAY1",
    "address": "---",
}


class Register:
    """A server that plays the register: `answer` is (status, body as text), `asked` what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.answer: tuple[int, str] = (200, json.dumps(GOOD))
        self.drips = threading.Event()
        self.is_over = threading.Event()
        self.url = ""

    def says(self, *, valid: bool, country: str = "AT", number: str = "U13585627") -> None:
        self.answer = (200, json.dumps({**GOOD, "valid": valid, "countryCode": country, "vatNumber": number}))


@contextmanager
def playing() -> Iterator[Register]:
    """A register that answers with `GOOD` until it is told otherwise, at its `url`."""
    played = Register()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            played.asked.append((self.path, json.loads(body)))
            status, text = played.answer
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{played.url}/elsewhere")
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            if played.drips.is_set():
                played.is_over.wait(30)  # until the client has gone
                return
            self.wfile.write(text.encode())

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    with serving(Handler) as url:
        played.url = url
        try:
            yield played
        finally:
            played.is_over.set()


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
