"""A real browser against a real web process, for what only a browser can tell."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
ROOT = Path(__file__).resolve().parents[1]
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


@pytest.fixture
def site(worker_databases: Any, tmp_path: Path) -> Iterator[Site]:
    """granian, as in production, on the test's databases; stopped afterwards by its process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    with (tmp_path / "granian.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "smartseller.wsgi:application"],
            cwd=ROOT,
            env={**os.environ, "PORT": str(port)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _await(port, process, tmp_path / "granian.log")
            yield Site(port)
        finally:
            process.terminate()
            process.wait()


def _await(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the web process did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The system's Chromium, driven by Playwright."""
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}")
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread; Django takes it for ours and would refuse queries.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def violations() -> Callable[[Any], list[str]]:
    """What axe finds wrong in a page, as `rule: element`; an empty list is the promise."""
    from axe_playwright_python.sync_playwright import Axe

    def look(page: Any) -> list[str]:
        # Without preloading axe fetches no stylesheets of its own, whose failures would look like the page's.
        found = Axe().run(page, options={"preload": False}).response["violations"]
        return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]

    return look
