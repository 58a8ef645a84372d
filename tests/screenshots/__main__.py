"""`python -m tests.screenshots`: start the demo and photograph every page, wide and narrow.

The pictures lie in `.screenshots/`, one folder for each shop and width. With `--port` a demo that runs already is used.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser import CHROMIUM, NARROW, ROOT, WIDE
from tests.screenshots.companies import company_groups
from tests.screenshots.console import console_stops
from tests.screenshots.pages import CUSTOMER, PASSWORD, PLATFORM, SHOPS, STAFF
from tests.screenshots.steps import Stop, at
from tests.screenshots.walk import customer_stops, staff_stops, storefront_stops

FOLDER = ROOT / ".screenshots"
# Lazy pictures load as they come near; a picture of the full page must not show their empty frames.
LOAD_PICTURES = """async () => {
  for (const image of document.images) {
    image.loading = "eager";
    await image.decode().catch(() => undefined);
  }
}"""


@contextmanager
def demo() -> Iterator[int]:
    """The demo with a data folder of its own; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "PORT": str(port), "SMARTSELLER_DATA_DIR": str(FOLDER / "data")}
    process = subprocess.Popen(
        [sys.executable, "-m", "smartseller.demo"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            if line.startswith("READY"):
                break
        else:
            sys.exit("the demo did not start")
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def photograph(port: int, only: str) -> int:
    """Take every picture whose folder or name contains `only`; how many pages answered with an error."""
    from playwright.sync_api import sync_playwright

    failures = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        for group, slug, stops in _groups():
            host = f"http://{slug + '.' if slug else ''}localhost:{port}"
            for width in (WIDE, NARROW):
                page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
                for stop in stops:
                    target = FOLDER / f"{group}-{width}" / f"{stop.name}.png"
                    if only not in str(target.relative_to(FOLDER)):
                        continue
                    target.parent.mkdir(parents=True, exist_ok=True)
                    failures += _take(page, stop, host, target)
                page.context.close()
        browser.close()
    return failures


def _take(page: "object", stop: Stop, host: str, target: Path) -> int:
    from playwright.sync_api import Error, Page

    assert isinstance(page, Page)
    try:
        stop.arrive(page, host)
        page.evaluate(LOAD_PICTURES)
        page.screenshot(path=target, full_page=True)
    except Error as error:
        print(f"{target.parent.name}/{stop.name}: {str(error).splitlines()[0]}", file=sys.stderr, flush=True)
        return 1
    print(target.relative_to(ROOT), flush=True)
    return 0


def _groups() -> Iterator[tuple[str, str, list[Stop]]]:
    yield "platform", "", [Stop(name, at(path)) for name, path in PLATFORM]
    yield "console", "", console_stops(PASSWORD)
    for slug, paths in SHOPS.items():
        yield slug, slug, storefront_stops(paths)
        visitor = customer_stops(CUSTOMER, login=f"shopper@{slug}.example", password=PASSWORD)
        yield f"{slug}-customer", slug, visitor
        for member, theirs in company_groups(slug, PASSWORD):
            yield f"{slug}-{member}", slug, theirs
        yield (
            f"{slug}-staff",
            slug,
            staff_stops(
                STAFF[slug].paths,
                login=STAFF[slug].login,
                password=STAFF[slug].password,
                shopper=f"shopper@{slug}.example",
                words=STAFF[slug].words,
            ),
        )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description="Photograph every page.")
    parser.add_argument("--port", type=int, help="of a demo that runs already")
    parser.add_argument("--only", default="", help="a part of the picture's path, such as kasumino-390 or product")
    arguments = parser.parse_args()
    if not CHROMIUM.exists():
        parser.error(f"no browser at {CHROMIUM}")
    if arguments.port:
        return 1 if photograph(arguments.port, arguments.only) else 0
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with demo() as port:
        return 1 if photograph(port, arguments.only) else 0


if __name__ == "__main__":
    sys.exit(main())
