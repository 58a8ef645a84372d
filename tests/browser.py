"""A real browser against a real web process, for what only a browser can tell."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

CHROMIUM = Path("/usr/bin/chromium")
ROOT = Path(__file__).resolve().parents[1]
# Where the web process of `tests/web.py` forgets the shops that it was asked for.
FORGET = "/.tests/forget"
# The widths that pages are designed for, in pixels.
WIDE, NARROW = 1280, 390
# The element that has the focus, if no corner, side or middle of it can be seen.
COVERED = """async () => {
  await new Promise(shown => requestAnimationFrame(() => requestAnimationFrame(shown)));
  const it = document.activeElement, box = it.getBoundingClientRect();
  if (it === document.body || !box.width || !box.height) return "";
  const at = share => [box.left + 1 + (box.width - 2) * share[0], box.top + 1 + (box.height - 2) * share[1]];
  const places = [[0, 0], [1, 0], [0.5, 0.5], [0, 1], [1, 1], [0.5, 0], [0.5, 1]].map(at);
  const seen = places.some(place => it.contains(document.elementFromPoint(...place)));
  return seen ? "" : it.outerHTML.slice(0, 200);
}"""


@dataclass(frozen=True)
class Site:
    """The web process: every host under `localhost` leads to it."""

    port: int

    def url(self, slug: str, path: str = "/") -> str:
        """The address of `path` on a shop's host; without a slug on the platform's."""
        return f"http://{slug + '.' if slug else ''}localhost:{self.port}{path}"

    def forget(self) -> None:
        """Afterwards the process knows as little of shops as a new one, and is connected to none."""
        urlopen(f"http://127.0.0.1:{self.port}{FORGET}").close()


@pytest.fixture(scope="module")
def web(worker_databases: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """granian, as in production, on the worker's databases."""
    with web_process(tmp_path_factory.mktemp("web")) as started:
        yield started


@contextmanager
def web_process(folder: Path, **environment: str) -> Iterator[Site]:
    """granian until the block ends; stopped by its process id."""
    log_file = folder / "granian.log"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [*command, "tests.web:application"],
            cwd=ROOT,
            env={**os.environ, "PORT": str(port), **environment},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _await(port, process, log_file)
            started = Site(port)
            started.forget()  # its answer says that the application is there, not just the socket
            yield started
        finally:
            process.terminate()
            process.wait()


@pytest.fixture
def site(web: Site) -> Iterator[Site]:
    """The module's web process, which has seen no other test."""
    yield web
    web.forget()


def _await(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until somebody listens there, however long a busy machine takes."""
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the web process did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The system's Chromium, driven by Playwright."""
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}")
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread; Django takes it for ours and would refuse queries.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def browser(chromium: Any) -> Iterator[Any]:
    """The module's browser, without a cookie, a page or a cache of another test."""
    yield chromium
    for context in chromium.contexts:
        context.close()


@pytest.fixture
def violations() -> Callable[[Any], list[str]]:
    """What axe finds wrong in a page, as `rule: element`; an empty list is the promise."""
    from axe_playwright_python.sync_playwright import Axe

    def look(page: Any) -> list[str]:
        # Until its font is there, an icon is a word to axe (`expand_more`), in a colour too pale for words.
        page.evaluate("document.fonts.ready.then(() => {})")
        # Without preloading axe fetches no stylesheets of its own, whose failures would look like the page's.
        options = {"preload": False, "resultTypes": ["violations"]}
        found = Axe().run(page, options=options).response["violations"]
        return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]

    return look
