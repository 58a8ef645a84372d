"""What a process keeps of the shops it has visited."""

import time

from django.apps import apps
from django.conf import settings

from bench.cluster import Shop, superuser
from bench.measure import Figure, ratio_of
from bench.process import Child

PATH = "/one/product-7/"
ALIASES = 1000
MEBIBYTE = 1024 * 1024
# Between two looks at the server's sessions.
SETTLING_SECONDS = 0.2


def measure(shops: list[Shop], rounds: int) -> list[Figure]:
    """Each round: a fresh process serves 1,000 requests at 1,000 aliases, another 1,000 requests at one shop.

    An alias is a shop's id and epoch, so raising the epoch of each shop gives new aliases on the same databases.
    """
    many, one, most = [], [], 0
    for _ in range(rounds):
        memory, connections = _visit_all(shops)
        many.append(memory)
        most = max(most, connections)
        with Child("one shop") as child:
            child.visit([shops[0].host] * ALIASES, PATH)
            one.append(float(child.ask(do="memory")["rss"]))
    ratio, low, high = ratio_of(many, one)
    cap = settings.TENANT_CONNECTIONS_MAX
    return [
        Figure(
            name=f"memory after {ALIASES} shops in one process",
            measured=f"{sorted(many)[len(many) // 2] / MEBIBYTE:.1f} MiB",
            baseline=f"{sorted(one)[len(one) // 2] / MEBIBYTE:.1f} MiB",
            ratio=ratio,
            low=low,
            high=high,
            goal="≤ 1.2",
            rounds=rounds,
        ),
        Figure(
            name="connections to shops after them",
            measured=f"{most} open",
            baseline=f"cap of {cap}",
            ratio=most / cap,
            low=most / cap,
            high=most / cap,
            goal="≤ 1.0",
            rounds=rounds,
        ),
    ]


def _visit_all(shops: list[Shop]) -> tuple[float, int]:
    """Bytes resident after the visits, and connections to shops that the server counts."""
    tenants = apps.get_model("platform_core", "Tenant").objects.filter(id__in=[shop.id for shop in shops])
    epochs = ALIASES // len(shops)
    if epochs * len(shops) != ALIASES:
        raise ValueError(f"{ALIASES} aliases cannot be shared out to {len(shops)} shops")
    try:
        with Child("many shops") as child:
            for epoch in range(1, epochs + 1):
                tenants.update(epoch=epoch)
                child.ask(do="forget")
                child.visit([shop.host for shop in shops], PATH)
            return float(child.ask(do="memory")["rss"]), _connections_to([shop.database for shop in shops])
    finally:
        tenants.update(epoch=1)


def _connections_to(databases: list[str]) -> int:
    """Sessions that the server counts, once the count stands: one that was closed is listed until its process ends."""
    last = -1
    with superuser() as connection:
        while True:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = ANY(%s)", (databases,)
            ).fetchone()
            if row[0] == last:
                return last
            last = row[0]
            time.sleep(SETTLING_SECONDS)
