"""Pages that strangers share, against a Django that says hello on the same server."""

from collections.abc import Callable
from contextlib import ExitStack
from statistics import median

from bench.cluster import Shop, superuser
from bench.measure import Figure, per_second, ratio_of, take_turns
from bench.serving import Server, granian, pages_per_second

BROWSERS = 4
REQUESTS = 1200
# One worker, so that the browsers have a processor of their own.
WORKERS, THREADS = 1, 2
HELLO = "hello, world"
LIST, PRODUCT = "product list, cached", "product page, cached"
# As browsers ask, so that their views are counted.
BROWSER = (
    "Accept-Encoding: gzip, deflate, br",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0",
)


def measure(shops: list[Shop], rounds: int) -> list[Figure]:
    """A turn is 1,200 requests by four browsers over kept connections; all sides take turns."""
    shop = shops[0]
    paths = {LIST: "/products/", PRODUCT: f"/products/{_a_product_of(shop)}/"}
    spent: dict[str, list[float]] = {name: [] for name in (HELLO, *paths)}
    with ExitStack() as stack:
        hello = stack.enter_context(
            granian(
                "bench.hello:application",
                workers=WORKERS,
                threads=THREADS,
                DJANGO_SETTINGS_MODULE="bench.settings_hello",
            )
        )
        ours = stack.enter_context(
            granian("smartseller.wsgi:application", workers=WORKERS, threads=THREADS, SHARED_PAGES="true")
        )

        def turn_of(name: str, server: Server, path: str) -> Callable[[int], float]:
            def one_turn(number: int) -> float:
                before = server.processor_seconds()
                found = pages_per_second(
                    server,
                    host=f"{shop.host}:8000",
                    path=path,
                    requests=REQUESTS,
                    browsers=BROWSERS,
                    headers=BROWSER,
                )
                spent[name].append((server.processor_seconds() - before) / REQUESTS * 1e6)
                return found

            return one_turn

        sides = {HELLO: turn_of(HELLO, hello, "/")}
        sides |= {name: turn_of(name, ours, path) for name, path in paths.items()}
        for turn in sides.values():
            turn(0)
        for costs in spent.values():
            costs.clear()
        found = take_turns(sides, rounds)
    figures = []
    for name in paths:
        ratio, low, high = ratio_of(found[name], found[HELLO])
        figures.append(
            Figure(
                name=f"{name} (pages per second)",
                measured=per_second(found[name], "pages"),
                baseline=f"{per_second(found[HELLO], 'pages')} ({HELLO})",
                ratio=ratio,
                low=low,
                high=high,
                goal="≥ 0.6",
                rounds=rounds,
                limits=f"the processor: {median(spent[name]):.0f} µs a page, {median(spent[HELLO]):.0f} µs for hello",
            )
        )
    return figures


def _a_product_of(shop: Shop) -> str:
    with superuser(shop.database) as connection:
        row = connection.execute("SELECT slug FROM products ORDER BY slug LIMIT 1").fetchone()
    assert row is not None
    return str(row[0])
