"""What the fence costs a request: the same one-query page with and without it."""

from statistics import median

from bench.cluster import Shop
from bench.measure import Figure, milliseconds, ratio_of, take_turns
from bench.process import Child, plain_django

# Short turns, so that what else the machine does meets both sides alike.
REQUESTS = 20
TURNS_A_ROUND = 20
PATH = "/one/product-7/"


def measure(shops: list[Shop], rounds: int) -> list[Figure]:
    """Each turn is the median of 20 requests on each side."""
    shop = shops[0]
    hosts = [shop.host] * REQUESTS
    with Child("SmartSeller") as fenced, plain_django(shop.database) as plain:
        for side in (fenced, plain):
            side.visit(hosts * 10, PATH)
        found = take_turns(
            {
                "fence": lambda number: median(fenced.visit(hosts, PATH)),
                "plain": lambda number: median(plain.visit(hosts, PATH)),
            },
            rounds * TURNS_A_ROUND,
        )
    ratio, low, high = ratio_of(found["fence"], found["plain"])
    return [
        Figure(
            name="tenant routing, one-query view (time)",
            measured=milliseconds(found["fence"]),
            baseline=milliseconds(found["plain"]),
            ratio=ratio,
            low=low,
            high=high,
            goal="≤ 1.05",
            rounds=len(found["plain"]),
        )
    ]
