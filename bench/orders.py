"""Orders over HTTP, sent as a browser would, against the same rows written by hand with pgbench."""

import http.client
import os
import re
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import repeat
from pathlib import Path
from unittest import mock
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db.backends.utils import CursorWrapper
from django.utils.crypto import get_random_string

from bench.child import post, request_environ
from bench.cluster import Shop, superuser
from bench.far import address, server_far_away
from bench.measure import Figure, per_second, ratio_of, take_turns
from bench.serving import granian
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from platform_core.tenancy.hooks import ShopProfile, shop_hooks
from smartseller.embedded import postgres_binary

HERE = Path(__file__).parent
CLIENTS = 4
# Where the line is what takes time, each waits most of it: fewer would not keep the row busy.
CLIENTS_FROM_AFAR = 16
ORDERS_A_TURN = 80
ORDERS_FROM_AFAR_A_TURN = 160
RAW_ORDERS_A_TURN = 400
MOST_STATEMENTS = 25
# A row was locked elsewhere for too long, and nothing was changed.
BUSY = 503
# A browser gets one with its first page; cookie and form must agree.
CSRF_SECRET = get_random_string(32)
BUYER = {
    "email": "ann@example.com",
    "first_name": "Ann",
    "last_name": "Example",
    "address1": "1 Main Street",
    "postal_code": "10115",
    "city": "Berlin",
    "country": "DE",
    "billing_same": "on",
    "shipping_method": "standard",
    "payment_method": "bank_transfer",
    "action": "order",
    "currency": "EUR",
    "csrfmiddlewaretoken": CSRF_SECRET,
}


@dataclass(frozen=True, kw_only=True)
class Basket:
    """A filled cart that waits to be ordered: the session it belongs to, and what it costs.

    Each has a buyer of its own: with one mailbox no guest orders by the hundred.
    """

    session: str
    total: Decimal

    @property
    def form(self) -> str:
        token = get_random_string(32)
        own = {"expected_total": f"{self.total:f}", "token": token, "email": f"{token.lower()}@example.com"}
        return urlencode(BUYER | own)

    @property
    def cookie(self) -> str:
        return f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={CSRF_SECRET}"


def measure(shops: list[Shop], rounds: int) -> list[Figure]:
    """A turn is 80 orders over HTTP, 400 by pgbench, with four clients at once on both sides: in one shop of three
    lines each, over many products; in another of one line, and all of the same product. There a bare view takes 400,
    too: what a Django can do at all; and there both sides order once more with the server a millisecond away, sixteen
    clients at once on both sides."""
    shop, hot = shops[0], shops[1]
    waiting: dict[str, Iterator[Basket]] = {}
    for each in (shop, hot):
        _prepare(each)
        a_round = ORDERS_A_TURN + (ORDERS_FROM_AFAR_A_TURN if each is hot else 0)
        waiting[each.slug] = iter(_baskets(each, (rounds + 1) * a_round + 2, one_product=each is hot))
        by_hand_too = (3 if each is hot else 1) * RAW_ORDERS_A_TURN
        _carts(each, (rounds + 1) * by_hand_too, for_pgbench=True, one_product=each is hot)
    statements = _statements_of(shop, [next(waiting[shop.slug]), next(waiting[shop.slug])])
    size = {"workers": os.cpu_count() or 1, "threads": CLIENTS}
    served = granian("smartseller.wsgi:application", **size)
    plain = {"DJANGO_SETTINGS_MODULE": "bench.settings_bare", "BENCH_PLAIN_DATABASE": hot.database}
    bare = granian("bench.bare_order:application", **size, **plain)
    with ExitStack() as open_for_all:
        server, bare_server = open_for_all.enter_context(served), open_for_all.enter_context(bare)
        folder = open_for_all.enter_context(server_far_away())
        app = partial(address, folder, settings.DATABASE_APP_ROLE)
        far_server = open_for_all.enter_context(
            granian(
                "smartseller.wsgi:application",
                **size | {"threads": CLIENTS_FROM_AFAR},
                TENANT_DATABASE_URL=app(hot.database),
            )
        )
        threads = open_for_all.enter_context(ThreadPoolExecutor(CLIENTS_FROM_AFAR))

        def take_turn(where: Shop, port: int, baskets: Iterator[Basket], orders: int, clients: int = CLIENTS) -> float:
            turn = [[next(baskets) for _ in range(orders // clients)] for _ in range(clients)]
            began = time.perf_counter()
            for done in [threads.submit(_order_all, where, port, share) for share in turn]:
                done.result()
            return orders / (time.perf_counter() - began)

        def over_http(where: Shop, number: int) -> float:
            return take_turn(where, server.port, waiting[where.slug], ORDERS_A_TURN)

        def by_bare_view(number: int) -> float:
            return take_turn(hot, bare_server.port, repeat(Basket(session="", total=Decimal(0))), RAW_ORDERS_A_TURN)

        def from_afar(number: int) -> float:
            return take_turn(hot, far_server.port, waiting[hot.slug], ORDERS_FROM_AFAR_A_TURN, CLIENTS_FROM_AFAR)

        def by_hand(where: Shop, number: int) -> float:
            assert settings.EMBEDDED is not None
            return _pgbench(settings.EMBEDDED.conninfo(settings.DATABASE_APP_ROLE, where.database))

        def by_hand_from_afar(number: int) -> float:
            return _pgbench(app(hot.database), CLIENTS_FROM_AFAR)

        sides = {
            "http": partial(over_http, shop),
            "raw": partial(by_hand, shop),
            "hot http": partial(over_http, hot),
            "hot bare": by_bare_view,
            "hot raw": partial(by_hand, hot),
            "far http": from_afar,
            "far raw": by_hand_from_afar,
        }
        for side in sides.values():
            side(0)
        found = take_turns(sides, rounds)
    ratio, low, high = ratio_of(found["http"], found["raw"])
    return [
        Figure(
            name="orders over HTTP, three lines (orders per second)",
            measured=per_second(found["http"], "orders"),
            baseline=per_second(found["raw"], "orders"),
            ratio=ratio,
            low=low,
            high=high,
            goal="≥ 0.08",
            rounds=rounds,
        ),
        _of_one_product(found, "hot raw", "the same rows by pgbench", "≥ 0.5", rounds),
        _of_one_product(found, "hot bare", "a bare view that sends the same SQL", "", rounds),
        _of_one_product(found, "hot raw", "the same rows by pgbench", "", rounds, side="hot bare"),
        _of_one_product(found, "far raw", "the same rows by pgbench", "≥ 0.5", rounds, side="far http"),
        # Raw SQL itself keeps about seven tenths of its orders when all of them want one row.
        _of_one_product(found, "http", "orders of many products over HTTP", "≥ 0.7", rounds),
        Figure(
            name="SQL statements of a request that orders",
            measured=str(statements),
            baseline=f"{MOST_STATEMENTS} at most",
            ratio=statements / MOST_STATEMENTS,
            low=statements / MOST_STATEMENTS,
            high=statements / MOST_STATEMENTS,
            goal="≤ 1.0",
            rounds=1,
        ),
    ]


def _of_one_product(
    found: dict[str, list[float]], baseline: str, what: str, goal: str, rounds: int, *, side: str = "hot http"
) -> Figure:
    """What becomes of orders when all buyers want the same product."""
    ratio, low, high = ratio_of(found[side], found[baseline])
    whose = {
        "hot http": "orders over HTTP",
        "hot bare": "a bare view's orders over HTTP",
        "far http": "orders over HTTP, the server a millisecond away",
    }[side]
    return Figure(
        name=f"{whose}, all of one product, against {what}",
        measured=per_second(found[side], "orders"),
        baseline=per_second(found[baseline], "orders"),
        ratio=ratio,
        low=low,
        high=high,
        goal=goal,
        rounds=rounds,
    )


def _prepare(shop: Shop) -> None:
    """A shop that can sell, and a numbered list of carts for pgbench."""
    with tenant_context(directory.by_slug(shop.slug)):
        assert shop_hooks.seed is not None
        shop_hooks.seed(
            ShopProfile(name="Bench", email="bench@example.com", currency="EUR", timezone="UTC", country="DE", theme={})
        )
    with superuser(shop.database) as connection:
        connection.execute("DROP TABLE IF EXISTS bench_carts")
        connection.execute("DROP SEQUENCE IF EXISTS bench_next_cart")
        connection.execute("CREATE TABLE bench_carts (number INTEGER PRIMARY KEY, cart_id UUID NOT NULL)")
        connection.execute("CREATE SEQUENCE bench_next_cart")
        connection.execute(f"GRANT SELECT ON bench_carts TO {settings.DATABASE_APP_ROLE}")
        connection.execute(f"GRANT USAGE ON SEQUENCE bench_next_cart TO {settings.DATABASE_APP_ROLE}")


def _carts(shop: Shop, carts: int, *, for_pgbench: bool, one_product: bool) -> list[tuple[str, Decimal]]:
    """Open filled carts; the id and the price of each."""
    with superuser(shop.database) as connection:
        rows = connection.execute(
            (HERE / "carts.sql").read_text(), {"carts": carts, "for_pgbench": for_pgbench, "one_product": one_product}
        ).fetchall()
        connection.execute("ANALYZE")
    return [(str(cart_id), total) for cart_id, total in rows]


def _baskets(shop: Shop, wanted: int, *, one_product: bool) -> list[Basket]:
    """Carts whose sessions a browser could have: written at once, not one request after the other."""
    baskets = []
    with superuser(shop.database) as connection, connection.cursor() as cursor:
        for cart_id, total in _carts(shop, wanted, for_pgbench=False, one_product=one_product):
            basket = Basket(session=get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789"), total=total)
            cursor.execute(
                "INSERT INTO django_session (session_key, session_data, expire_date) "
                "VALUES (%s, %s, CURRENT_TIMESTAMP + INTERVAL '1 day')",
                (basket.session, SessionStore().encode({"cart": cart_id})),
            )
            baskets.append(basket)
    return baskets


def _order_all(shop: Shop, port: int, baskets: list[Basket]) -> None:
    """Order one basket after the other over one connection; again where the shop says that it is busy, which counts as
    time. Errors: RuntimeError when one is refused."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    todo = list(reversed(baskets))
    while todo:
        basket = todo.pop()
        connection.request(
            "POST",
            "/checkout/",
            basket.form,
            {
                "Host": f"{shop.host}:8000",
                "Cookie": basket.cookie,
                "Content-Type": "application/x-www-form-urlencoded",
                "Sec-Fetch-Site": "same-origin",
            },
        )
        response = connection.getresponse()
        body = response.read()
        location = response.headers.get("Location", "")
        if response.status == BUSY:
            todo.append(basket)
            continue
        if response.status != 302 or not location.startswith("/orders/"):
            raise RuntimeError(f"the order was answered with {response.status} {location}: {body[:2000]!r}")
    connection.close()


def _statements_of(shop: Shop, baskets: list[Basket]) -> int:
    """The SQL statements of a request that orders, savepoints left out; the second of two, when caches are warm."""
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    original, seen = CursorWrapper._execute_with_wrappers, 0

    def counting(cursor: CursorWrapper, sql: object, params: object, **how: object) -> object:
        nonlocal seen
        seen += not str(sql).startswith(("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO"))
        return original(cursor, sql, params, **how)

    for basket in baskets:
        seen = 0
        with mock.patch.object(CursorWrapper, "_execute_with_wrappers", counting):
            environ = request_environ(shop.host, "/checkout/") | {"HTTP_COOKIE": basket.cookie}
            location = post(application, environ, basket.form)
        if not location.startswith("/orders/"):
            raise RuntimeError(f"the order led to {location}")
    return seen


def _pgbench(conninfo: str, clients: int = CLIENTS) -> float:
    """Orders per second that pgbench writes, by an address of the role that serves requests."""
    done = subprocess.run(
        [
            str(postgres_binary("pgbench")), "--no-vacuum", "--protocol=prepared", f"--client={clients}", "--jobs=2",
            f"--transactions={RAW_ORDERS_A_TURN // clients}", f"--file={HERE / 'raw_order.sql'}",
            conninfo,
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.search(r"tps = ([0-9.]+) \(without", done.stdout)
    if done.returncode or not found or "number of failed transactions: 0 " not in done.stdout:
        raise RuntimeError(f"pgbench failed: {done.stderr or done.stdout}")
    return float(found.group(1))
