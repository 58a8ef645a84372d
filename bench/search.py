"""Searching a shop of 100,000 products: against SQL by hand, a word that is everywhere, and misspelt names."""

import random
import string
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings

from bench.cluster import EMPTY_SHOP, Shop, clone, row_of_shop, superuser
from bench.measure import Figure, milliseconds, ratio_of, take_turns
from platform_core.tenancy import directory
from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import tenant_context
from smartseller.ids import uuid7
from tenant_shop.catalog.search.find import search

FILL = Path(__file__).with_name("search.sql")
SLUG = "bench-search"
SEARCHES_A_TURN = 40
TYPOS = 300
EVERYWHERE, ONE_IN_TWENTY = "everyday", "teapot"
# What somebody who knows the table would write: the same index, the same cap, the same order. Sent as everything
# is that may pass PgBouncer, planned anew each time; and, for comparison, by a bare connection that prepares it.
BY_HAND = """
WITH candidates AS MATERIALIZED (
    SELECT product_id, words FROM product_search WHERE is_listed AND words @@ %(wanted)s::tsquery
    ORDER BY product_id DESC LIMIT 500
)
SELECT product_id FROM candidates
ORDER BY ts_rank('{0.05, 0.2, 0.4, 1}', words, %(wanted)s::tsquery) DESC, product_id DESC
"""


def measure(shops: list[Shop], rounds: int) -> list[Figure]:
    """A turn is the 95th percentile of 40 searches of one or two words, or the median of 40 of one kind."""
    shop = _large_shop()
    with superuser(shop.database) as connection:
        names = connection.execute("SELECT id, name FROM products ORDER BY sku").fetchall()
    assert settings.EMBEDDED is not None
    with (
        tenant_context(directory.by_slug(shop.slug)),
        psycopg.connect(settings.EMBEDDED.conninfo(settings.DATABASE_APP_ROLE, shop.database), autocommit=True) as bare,
    ):
        return [*_times(names, bare, rounds), _recall(names)]


def _large_shop() -> Shop:
    """The shop, filled when it is not there yet; triggers would do it product by product."""
    database = f"{settings.DATABASE_PREFIX}bench_search"
    tenants = apps.get_model("platform_core", "Tenant").objects
    tenant = tenants.filter(slug=SLUG).first()
    if tenant is None:
        with superuser() as connection:
            clone(connection, EMPTY_SHOP, database)
        tenant = tenants.create(id=uuid7(), slug=SLUG, **row_of_shop(SLUG, database))
        with superuser(database) as connection:
            connection.execute(
                "INSERT INTO tenant_sentinel (tenant_id, database_name) VALUES (%s, %s)", (tenant.id, database)
            )
            connection.execute(FILL.read_text())
            connection.execute("VACUUM ANALYZE")
    return Shop(id=tenant.id, slug=SLUG, database=database)


def _times(names: list[tuple[Any, str]], bare: "psycopg.Connection[Any]", rounds: int) -> list[Figure]:
    def words_of(number: int) -> list[list[str]]:
        """What shoppers type in this round: a made-up word, or it and what the thing is."""
        draw = random.Random(number)
        chosen = draw.choices(names, k=SEARCHES_A_TURN)
        return [name.lower().split()[1 : draw.choice((2, 3))] for _, name in chosen]

    def p95_of(find: Callable[[list[str]], object], number: int) -> float:
        return quantiles([_seconds(find, words) for words in words_of(number)], n=20)[-1]

    def wanted(words: list[str]) -> dict[str, str]:
        return {"wanted": " & ".join([*words[:-1], f"{words[-1]}:*"])}

    def by_hand(words: list[str]) -> object:
        with shop_connection().cursor() as cursor:
            cursor.execute(BY_HAND, wanted(words))
            return cursor.fetchall()

    def prepared(words: list[str]) -> object:
        return bare.execute(BY_HAND, wanted(words)).fetchall()

    def median_of(words: Callable[[int], list[list[str]]]) -> Callable[[int], float]:
        return lambda number: median(_seconds(_search, text) for text in words(number))

    sides = {
        "search": lambda number: p95_of(_search, number),
        "hand": lambda number: p95_of(by_hand, number),
        "prepared": lambda number: p95_of(prepared, number),
        "everywhere": median_of(lambda number: [[EVERYWHERE]] * SEARCHES_A_TURN),
        "one in twenty": median_of(lambda number: [[ONE_IN_TWENTY]] * SEARCHES_A_TURN),
        "rare": median_of(lambda number: [words[:1] for words in words_of(number)]),
    }
    take_turns(sides, 1)
    found = take_turns(sides, rounds)
    return [
        _figure("search of 100,000 products (time, 95th percentile)", found["search"], found["hand"], "≤ 1.2"),
        _figure("the same, against SQL that is prepared (time)", found["search"], found["prepared"], ""),
        _figure(
            "search for a word in all of them, against one in 25 (time)", found["everywhere"], found["rare"], "≤ 5"
        ),
        _figure("search for a word in 5,000 of them (time)", found["one in twenty"], found["rare"], ""),
    ]


def _figure(name: str, measured: list[float], baseline: list[float], goal: str) -> Figure:
    ratio, low, high = ratio_of(measured, baseline)
    return Figure(
        name=name,
        measured=milliseconds(measured),
        baseline=milliseconds(baseline),
        ratio=ratio,
        low=low,
        high=high,
        goal=goal,
        rounds=len(measured),
    )


def _search(words: list[str]) -> object:
    return search(" ".join(words)).ids


def _seconds(find: Callable[[list[str]], object], words: list[str]) -> float:
    began = time.perf_counter()
    find(words)
    return time.perf_counter() - began


def _recall(names: list[tuple[Any, str]]) -> Figure:
    """How many products are among the first ten when a word of their names is one or two letters wrong."""
    draw = random.Random(2)
    chosen = draw.sample(names, TYPOS)
    misspelt = sum(product in search(_with_typo(name.lower(), draw)).ids[:10] for product, name in chosen)
    as_written = sum(product in search(name).ids[:10] for product, name in chosen)
    ratio = misspelt / TYPOS
    return Figure(
        name="misspelt names found among the first ten (recall)",
        measured=f"{misspelt} of {TYPOS}",
        baseline=f"{as_written} of {TYPOS} when spelt right",
        ratio=ratio,
        low=ratio,
        high=ratio,
        goal="≥ 0.9",
        rounds=1,
    )


def _with_typo(name: str, draw: random.Random) -> str:
    """`name` with one word of five letters or more misspelt: by one letter, half of the longer ones by two."""
    words = name.split()
    place = draw.choice([place for place, word in enumerate(words) if len(word) >= 5])
    for _ in range(2 if len(words[place]) >= 7 and draw.random() < 0.5 else 1):
        words[place] = _mistyped(words[place], draw)
    return " ".join(words)


def _mistyped(word: str, draw: random.Random) -> str:
    """A letter too few, too many, another one, or two changed round; the first letter is what people get right."""
    at = draw.randrange(1, len(word) - 1)
    letter = draw.choice(string.ascii_lowercase)
    return draw.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
    )
