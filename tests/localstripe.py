"""Stripe's interface, played by localstripe as a process of its own on loopback."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEY = "sk_test_local"
PUBLIC_KEY = "pk_test_local"
# It confirms intents, and does not know that whoever confirms says that nobody is there. It has not heard of
# idempotency keys, either: a refund that is asked for twice at the same moment is one.
SERVER = """
import sys
from localstripe import resources
confirm = resources.PaymentIntent._api_confirm
def absent(id, off_session=None, **how):
    return confirm(id, **how)
resources.extra_apis[:] = [
    (method, path, absent if path == "/v1/payment_intents/{id}/confirm" else do)
    for method, path, do in resources.extra_apis
]
given, give = {}, resources.Refund._api_create
def give_once(metadata=None, **how):
    key = (metadata or {}).get("refund")
    if key is None:
        return give(metadata=metadata, **how)
    if key not in given:
        given[key] = give(metadata=metadata, **how)
    return given[key]
resources.Refund._api_create = staticmethod(give_once)
sys.argv[0] = "localstripe"
from localstripe.server import start
start()
"""


@dataclass(frozen=True)
class LocalStripe:
    """What a shopper's browser, or Stripe's dashboard, would do there."""

    url: str

    def post(self, path: str, **fields: Any) -> Any:
        request = urllib.request.Request(f"{self.url}{path}", urllib.parse.urlencode(fields).encode())
        request.add_header("Authorization", f"Bearer {KEY}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def get(self, path: str) -> Any:
        request = urllib.request.Request(f"{self.url}{path}", headers={"Authorization": f"Bearer {KEY}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def set_up(self, reference: str, number: str) -> None:
        """As Stripe's script does when somebody gives a card to be charged later."""
        self.post(f"/v1/setup_intents/{reference}/confirm", payment_method=self._method(number))
        self.post(f"/v1/setup_intents/{reference}/confirm")

    def _method(self, number: str) -> str:
        card = {"card[number]": number, "card[exp_month]": 12, "card[exp_year]": 2099, "card[cvc]": "123"}
        return str(self.post("/v1/payment_methods", type="card", **card)["id"])

    def give_card(self, intent: str, number: str) -> Any:
        """As Stripe's script does: make a payment method of the card, and confirm the intent with it."""
        self.post(f"/v1/payment_intents/{intent}", payment_method=self._method(number))
        return self.post(f"/v1/payment_intents/{intent}/confirm")


@contextmanager
def running(folder: Path) -> Iterator[LocalStripe]:
    """Start it on a free port with no past; stopped afterwards by its process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "localstripe.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVER, "--port", str(port), "--from-scratch"],
            cwd=folder,
            env={**os.environ, "TMPDIR": str(folder)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            _await(port, process, log)
            yield LocalStripe(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait()


def _await(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"localstripe did not start:\n{log.read_text()[-2000:]}")
