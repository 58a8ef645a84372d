"""A list of 24 with its facets over 10,000 products, nothing of the page cached, against plain Django."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from django.apps import apps

from bench import cluster
from bench.cluster import Shop
from bench.measure import Figure, per_second, ratio_of, take_turns
from bench.process import Child, plain_django

SLUG = "bench-listing"
FILL = Path(__file__).with_name("listing.sql")
REQUESTS = 20
TURNS_A_ROUND = 3
PLAIN = "plain Django"
# The counts are asked of Redis under the number of changes, and counted anew after each change that they could show.
KEPT, RECOUNTED = "counts kept since the last change", "counted for each page"
NARROWED = "narrowed by size, colour and price, counts kept"
LIST = "/products/"
CHOSEN = "opt.Colour=Colour+3&opt.Size=M&price=20-60"
LIMITS = {
    KEPT: "the processor: templates take most of it, five statements the rest",
    RECOUNTED: "PostgreSQL unfolds and counts some 110,000 entries of facets",
    NARROWED: "the processor: templates take most of it, five statements the rest",
}


def measure(shops: list[Shop], rounds: int) -> list[Figure]:
    """Each turn is 20 requests on each side; the median of them counts.

    The plain side shows the same 24 rows with brand, category and pictures, and how many there are: three queries, one
    template, no facets.
    """
    shop = _shop()
    with ExitStack() as stack:
        ours = stack.enter_context(Child("SmartSeller", SHARED_PAGES="false"))
        recounting = stack.enter_context(
            Child("recounting", settings_module="bench.settings_recounted", SHARED_PAGES="false")
        )
        plain = stack.enter_context(plain_django(shop.database))

        def turn_of(child: Child, path: str) -> Callable[[int], float]:
            hosts = [shop.host] * REQUESTS
            return lambda number: 1 / median(child.visit(hosts, path))

        sides = {
            KEPT: turn_of(ours, LIST),
            RECOUNTED: turn_of(recounting, LIST),
            NARROWED: turn_of(ours, f"{LIST}?{CHOSEN}"),
            PLAIN: turn_of(plain, "/list/"),
        }
        for turn in sides.values():
            turn(0)
        found = take_turns(sides, rounds * TURNS_A_ROUND)
    figures = []
    for name in (KEPT, NARROWED, RECOUNTED):
        ratio, low, high = ratio_of(found[name], found[PLAIN])
        figures.append(
            Figure(
                name=f"list of 24 with facets over 10,000 products, {name} (pages per second)",
                measured=per_second(found[name], "pages"),
                baseline=per_second(found[PLAIN], "pages"),
                ratio=ratio,
                low=low,
                high=high,
                goal="" if name == RECOUNTED else "≥ 0.5",
                rounds=len(found[name]),
                limits=LIMITS[name],
            )
        )
    return figures


def _shop() -> Shop:
    """The large shop; what an earlier measurement made is used again."""
    tenant = apps.get_model("platform_core", "Tenant").objects.filter(slug=SLUG).first()
    if tenant is None:
        made = cluster.make_shop(SLUG, model=cluster.EMPTY_SHOP)
        with cluster.superuser(made.database) as connection:
            connection.execute(FILL.read_text())
            connection.execute("VACUUM ANALYZE")
        return made
    return Shop(id=tenant.id, slug=SLUG, database=tenant.database_name)
