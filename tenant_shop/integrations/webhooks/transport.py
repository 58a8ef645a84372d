"""One HTTP request to a server that may be down, slow, hostile or wrong; no database is needed for it.

The standard library's client on a socket that we have connected ourselves: to the address that was checked, with the
name that was asked for in TLS. Redirects are answers like any other. All of it, from resolving to the last byte that is
read, ends at one deadline, whatever the receiver does meanwhile.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TypeVar

from tenant_shop.integrations.webhooks.errors import UrlRefused
from tenant_shop.integrations.webhooks.targets import Address, TargetRefused, address_of, check_url

# Bytes that are read of an answer; the rest is left where it is.
MOST_READ = 4096
# Refusals that may be none the next time: too early, too many.
MAY_PASS = frozenset({408, 425, 429})

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a request: a status and the beginning of the body, or an error; and how long it took."""

    status: int | None = None
    body: str = ""
    error: str = ""
    milliseconds: int = 0
    retry_after: timedelta | None = None

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What was got: `content`, whole, or an error. `is_final`: asking again would not help."""

    content: bytes = b""
    error: str = ""
    is_final: bool = False


@dataclass
class _Deadline:
    """Ends the connection when its time is over, whatever waits for it."""

    seconds: float
    is_over: bool = False
    _socket: socket.socket | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.seconds

    @property
    def left(self) -> float:
        """Seconds, above zero. Errors: TimeoutError."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def watch(self, connected: socket.socket) -> None:
        with self._lock:
            self._socket = connected

    def strike(self) -> None:
        with self._lock:
            self.is_over = True
            if self._socket is not None:
                with suppress(OSError):
                    # Not the TLS socket's own: whoever reads from it would find it undone.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def post(url: str, body: bytes, headers: Mapping[str, str], *, timeout_seconds: float) -> Answer:
    """Send `body` to `url`. Never fails: what went wrong is in the answer."""
    began = time.monotonic()
    try:
        answer = _in_time(timeout_seconds, lambda deadline: _post(url, body, headers, deadline))
    except _Failed as failure:
        answer = Answer(error=str(failure))
    return replace(answer, milliseconds=round((time.monotonic() - began) * 1000))


def get(url: str, *, most_bytes: int, timeout_seconds: float) -> Fetched:
    """What is at `url`, if that is no more than `most_bytes`. Never fails: what went wrong is in the answer."""
    try:
        return _in_time(timeout_seconds, lambda deadline: _get(url, most_bytes, deadline))
    except _Failed as failure:
        return Fetched(error=str(failure), is_final=failure.is_final)


class _Failed(Exception):
    """There was no answer, and why."""

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        self.is_final = is_final
        super().__init__(why)


def _in_time(seconds: float, ask: Callable[[_Deadline], T]) -> T:
    """What `ask` says until the deadline. Errors: _Failed."""
    deadline = _Deadline(seconds)
    timer = threading.Timer(seconds, deadline.strike)
    timer.daemon = True
    timer.start()
    try:
        return ask(deadline)
    except (UrlRefused, TargetRefused) as error:
        raise _Failed(str(error), is_final=isinstance(error, UrlRefused)) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _Failed(_words(error, deadline)) from error
    finally:
        timer.cancel()


def _post(url: str, body: bytes, headers: Mapping[str, str], deadline: _Deadline) -> Answer:
    sent = {**headers, "Content-Length": str(len(body))}
    with _exchange("POST", url, body, sent, deadline) as response:
        # The answer is the status; a body that breaks off takes nothing from it.
        read = b""
        with suppress(OSError, http.client.HTTPException, ValueError):
            read = response.read(MOST_READ)
        return Answer(
            status=response.status,
            body=read.decode("utf-8", errors="replace").replace("\x00", "�"),
            error="" if 200 <= response.status < 300 else _refusal(response.status),
            retry_after=_retry_after(response.headers.get("Retry-After")),
        )


def _get(url: str, most_bytes: int, deadline: _Deadline) -> Fetched:
    with _exchange("GET", url, b"", {"Accept": "*/*"}, deadline) as response:
        if response.status != 200:
            is_final = response.status < 500 and response.status not in MAY_PASS
            return Fetched(error=_refusal(response.status), is_final=is_final)
        content = response.read(most_bytes + 1)
        if deadline.is_over:
            raise TimeoutError
        if len(content) > most_bytes:
            return Fetched(error=f"There are more than {most_bytes:,} bytes", is_final=True)
        announced = response.headers.get("Content-Length")
        if announced and announced.isdigit() and int(announced) > len(content):
            raise http.client.IncompleteRead(content)
        return Fetched(content=content)


@contextmanager
def _exchange(
    method: str, url: str, body: bytes, headers: Mapping[str, str], deadline: _Deadline
) -> Iterator[http.client.HTTPResponse]:
    """The answer, of which nothing but status and headers is read."""
    parts = check_url(url)
    is_tls = parts.scheme == "https"
    host = str(parts.hostname)
    port = parts.port or (443 if is_tls else 80)
    connection = http.client.HTTPConnection(host, port)
    connection.sock = _connect(host, port, is_tls=is_tls, deadline=deadline)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.putrequest(method, path, skip_accept_encoding=True, skip_host=True)
        connection.putheader("Host", parts.netloc)
        for name, value in {**headers, "Connection": "close"}.items():
            connection.putheader(name, value)
        connection.endheaders(body or None)
        response = connection.getresponse()
        if deadline.is_over:  # and with that its headers ended
            raise TimeoutError
        yield response
    finally:
        connection.close()


def _resolved(host: str, port: int, deadline: _Deadline) -> Address:
    """The address to connect to. Errors: TargetRefused; TimeoutError when no name server answers in time.

    The system's resolver knows no deadline: a thread of its own waits for it, and ends when it gives up.
    """
    found: Future[Address] = Future()

    def look_up() -> None:
        try:
            found.set_result(address_of(host, port))
        except BaseException as error:
            found.set_exception(error)

    threading.Thread(target=look_up, name="webhooks-names", daemon=True).start()
    return found.result(timeout=deadline.left)


def _connect(host: str, port: int, *, is_tls: bool, deadline: _Deadline) -> socket.socket:
    family, address = _resolved(host, port, deadline)
    connected: socket.socket = socket.socket(family, socket.SOCK_STREAM)
    try:
        deadline.watch(connected)
        connected.settimeout(deadline.left)
        connected.connect(address)
        if is_tls:
            connected = _trust().wrap_socket(connected, server_hostname=host, do_handshake_on_connect=False)
            deadline.watch(connected)
            connected.settimeout(deadline.left)
            connected.do_handshake()
        # Nothing hangs for ever even if the timer could not be started in time.
        connected.settimeout(deadline.left)
    except BaseException:
        connected.close()
        raise
    return connected


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _refusal(status: int) -> str:
    if 300 <= status < 400:
        return f"Answered {status}: redirects are not followed"
    return f"Answered {status}"


def _words(error: Exception, deadline: _Deadline) -> str:
    if deadline.is_over or isinstance(error, TimeoutError):
        return f"No answer within {deadline.seconds:g} seconds"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {error.reason or error}"[:300]
    if isinstance(error, ConnectionRefusedError):
        return "Connection refused"
    return f"{type(error).__name__}: {error}".replace("\x00", "�")[:300]


def _retry_after(value: str | None) -> timedelta | None:
    """RFC 9110, 10.2.3: seconds or a date; None for what is neither, or lies in the past."""
    if not value:
        return None
    wanted = value.strip()
    if wanted.isascii() and wanted.isdigit():
        return timedelta(seconds=min(int(wanted[:10]), 10**7))
    try:
        moment = parsedate_to_datetime(wanted)
    except (ValueError, OverflowError):
        return None
    left = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime.now(UTC)
    return left if left > timedelta(0) else None
