"""Two hundred shops in any order: an uncached list page, against plain Django on one database."""

import random
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median

from bench.bouncer import pgbouncer, program
from bench.cluster import Shop
from bench.measure import Figure, per_second, ratio_of, take_turns
from bench.process import Child, plain_django

PATH = "/list/"
REQUESTS = 25
TURNS_A_ROUND = 6
DIRECT, CAPPED, POOLED, POOLED_CAPPED = (
    "direct, room for all",
    "direct, default cap of 20",
    "through PgBouncer, default cap of 250",
    "through PgBouncer, cap of 20",
)
PLAIN = "plain Django"
GOALS = {DIRECT: "≥ 0.80", CAPPED: "", POOLED: "≥ 0.90", POOLED_CAPPED: ""}


def measure(shops: list[Shop], rounds: int) -> list[Figure]:
    """Direct sides first, then those through PgBouncer: the server has no room for all their connections at once."""
    room = {"TENANT_CONNECTIONS_MAX": str(len(shops) + 20)}
    figures = _compare(shops, rounds, {DIRECT: room, CAPPED: {}})
    if program():
        with pgbouncer(server_connections=len(shops) + 20) as address:
            pooled = {"TENANT_DATABASE_URL": address, "DATABASE_BEHIND_PGBOUNCER": "true"}
            few = {"TENANT_CONNECTIONS_MAX": "20"}
            figures += _compare(shops, rounds, {POOLED: pooled, POOLED_CAPPED: {**pooled, **few}})
    return figures


def _compare(shops: list[Shop], rounds: int, sides: dict[str, dict[str, str]]) -> list[Figure]:
    """Each turn is 25 requests on each side, every request at a shop drawn at random; the median of them counts."""
    everywhere = [shop.host for shop in shops]
    with ExitStack() as stack:
        children = {name: stack.enter_context(Child(name, **environment)) for name, environment in sides.items()}
        children[PLAIN] = stack.enter_context(plain_django(shops[0].database))
        for child in children.values():
            child.visit(everywhere * 2, PATH)

        def turn_of(child: Child) -> Callable[[int], float]:
            def one_turn(number: int) -> float:
                hosts = random.Random(number).choices(everywhere, k=REQUESTS)
                return 1 / median(child.visit(hosts, PATH))

            return one_turn

        found = take_turns({name: turn_of(child) for name, child in children.items()}, rounds * TURNS_A_ROUND)
    figures = []
    for name in sides:
        ratio, low, high = ratio_of(found[name], found[PLAIN])
        figures.append(
            Figure(
                name=f"{len(shops)} shops at random, {name} (pages per second)",
                measured=per_second(found[name], "pages"),
                baseline=per_second(found[PLAIN], "pages"),
                ratio=ratio,
                low=low,
                high=high,
                goal=GOALS[name],
                rounds=len(found[name]),
            )
        )
    return figures
