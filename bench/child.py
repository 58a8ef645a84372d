"""A measured process: it loads one side's settings once and then runs what its parent asks for over a pipe.

One line of JSON in, one line of JSON out. Run as `python -m bench.child`, with DJANGO_SETTINGS_MODULE set.
"""

import io
import json
import random
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def main() -> None:
    output, sys.stdout = sys.stdout, sys.stderr
    application = load()
    for line in sys.stdin:
        print(json.dumps(answer(application, json.loads(line))), file=output, flush=True)


def load() -> Application:
    """The WSGI application, with a shop's host leading to the measured pages."""
    from django.core.wsgi import get_wsgi_application

    application: Application = get_wsgi_application()
    from platform_core.tenancy import middleware

    middleware.SHOP_URLCONF = "bench.urls"
    return application


def answer(application: Application, question: dict[str, Any]) -> object:
    """`statements`: how many of SQL a request takes. `visit`: the seconds of each request to `path` at `hosts` in
    order; `cpu`: the processor's. `profile`: where they went. `forget`: what it knows of shops. `memory`,
    `pool`: what the process holds.
    """
    match question["do"]:
        case "visit":
            return visit(application, question["hosts"], question["path"], headers=question.get("headers"))
        case "statements":
            return statements(application, question)
        case "cpu":
            return visit(application, question["hosts"], question["path"], clock=time.thread_time)
        case "profile":
            return profile(application, question)
        case "forget":
            from platform_core.tenancy import directory

            return directory.clear()
        case "memory":
            return {"rss": resident_bytes()}
        case "pool":
            from platform_core.tenancy.postgresql.base import pool

            return vars(pool().use())
        case other:
            raise ValueError(f"{other} is nothing a child can do")


def visit(
    application: Application,
    hosts: list[str],
    path: str,
    clock: Callable[[], float] = time.perf_counter,
    headers: dict[str, str] | None = None,
) -> list[float]:
    seconds = []
    for host in hosts:
        environ = request_environ(host, path) | (headers or {})
        began = clock()
        get(application, environ)
        seconds.append(clock() - began)
    return seconds


def statements(application: Application, question: dict[str, Any]) -> int:
    """The SQL statements of one request to any database, when everything is at hand that is kept."""
    from django.db.backends.utils import CursorWrapper

    visit(application, question["hosts"] * 2, question["path"], headers=question["headers"])
    execute, count = CursorWrapper.execute, 0

    def counted(*arguments: Any, **options: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*arguments, **options)

    CursorWrapper.execute = counted
    try:
        visit(application, question["hosts"], question["path"], headers=question["headers"])
    finally:
        CursorWrapper.execute = execute
    return count


def get(application: Application, environ: dict[str, Any]) -> bytes:
    """The body of the answer, read and closed as a server would. Errors: RuntimeError unless it is 200."""
    return _answer(application, environ, "200")[0]


def post(application: Application, environ: dict[str, Any], form: str) -> str:
    """Send a form; where it leads on to. Errors: RuntimeError unless it does (302)."""
    sent = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(form)),
        "HTTP_SEC_FETCH_SITE": "same-origin",
        "wsgi.input": io.BytesIO(form.encode()),
    }
    return _answer(application, environ | sent, "302")[1]["Location"]


def _answer(application: Application, environ: dict[str, Any], expected: str) -> tuple[bytes, dict[str, str]]:
    status, told = "", {}

    def start_response(line: str, headers: list[tuple[str, str]]) -> None:
        nonlocal status, told
        status, told = line, dict(headers)

    response = application(environ, start_response)
    body = b"".join(response)
    response.close()  # type: ignore[attr-defined]
    if not status.startswith(expected):
        raise RuntimeError(f"{environ['HTTP_HOST']}{environ['PATH_INFO']} answered {status}: {body[:500]!r}")
    return body, told


def request_environ(host: str, path: str) -> dict[str, Any]:
    path, _, query = path.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": host,
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": f"{host}:8000",
        "HTTP_USER_AGENT": "bench",
        "HTTP_ACCEPT": "text/html",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def profile(application: Application, question: dict[str, Any]) -> str:
    """The functions of this process that took the most time themselves."""
    import cProfile
    import pstats

    profiler = cProfile.Profile()
    profiler.enable()
    visit(application, question["hosts"], question["path"])
    profiler.disable()
    text = io.StringIO()
    pstats.Stats(profiler, stream=text).sort_stats(question.get("sort", "tottime")).print_stats(question.get("top", 45))
    return text.getvalue()


def resident_bytes() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


if __name__ == "__main__":
    random.seed(2)
    main()
