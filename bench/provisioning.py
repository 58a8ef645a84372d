"""From asking for a shop until its own host answers, against the bare CREATE DATABASE that it cannot do without."""

import io
import time
from itertools import count

from django.conf import settings
from django.core.management import call_command
from psycopg import sql

from bench.child import Application, get, request_environ
from bench.cluster import Shop, settle
from bench.measure import Figure, milliseconds, ratio_of, take_turns
from platform_core.fleet.kept import close_kept_connections
from platform_core.fleet.provision.request import ShopRequest
from platform_core.fleet.provision.run import create_shop
from platform_core.fleet.servers import owner_connection
from platform_core.fleet.spares import refill_spares
from platform_core.fleet.template import current_template

WITH, WITHOUT, RAW = "with a spare", "without a spare", "CREATE DATABASE"
GOALS = {WITH: "≤ 1.0", WITHOUT: "≤ 1.3"}


def measure(shops: list[Shop], rounds: int) -> list[Figure]:
    """Each turn makes one shop, without a password to hash, and asks it for /readyz; the first two are not counted.

    No database is dropped and no checkpoint forced between the turns: both would be paid for by whoever comes next.
    """
    from django.core.wsgi import get_wsgi_application

    call_command("setup", stdout=io.StringIO(), stderr=io.StringIO())
    application: Application = get_wsgi_application()
    template = current_template("primary").database_name
    made = count(int(time.time()))  # a kept cluster has the shops of earlier runs
    raw_names: list[sql.Identifier] = []
    with owner_connection("primary") as connection:

        def with_spare(number: int) -> float:
            refill_spares("primary", wanted=1)
            return shop(spare=True)

        def without_spare(number: int) -> float:
            refill_spares("primary", wanted=0, rebuild=True)
            return shop(spare=False)

        def shop(*, spare: bool) -> float:
            slug = f"made-{next(made)}"
            request = ShopRequest(slug=slug, name="Made", owner_email=f"owner@{slug}.example")
            environ = request_environ(f"{slug}.{settings.PLATFORM_DOMAIN}", "/readyz")
            began = time.perf_counter()
            report = create_shop(request)
            get(application, environ)
            seconds = time.perf_counter() - began
            if report.spare_used != spare:
                raise RuntimeError(f"a spare was {'used' if report.spare_used else 'not used'}")
            return seconds

        def raw(number: int) -> float:
            name = sql.Identifier(f"bench_raw_{next(made)}")
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY wal_log").format(
                name, sql.Identifier(template)
            )
            began = time.perf_counter()
            connection.execute(statement)
            raw_names.append(name)
            return time.perf_counter() - began

        sides = {WITH: with_spare, WITHOUT: without_spare, RAW: raw}
        take_turns(sides, 2)
        settle()
        found = take_turns(sides, rounds)
        # Only now: dropping a database writes a checkpoint, which the next measurement would pay for.
        for name in raw_names:
            connection.execute(sql.SQL("DROP DATABASE {}").format(name))
    close_kept_connections()
    figures = []
    for name, goal in GOALS.items():
        ratio, low, high = ratio_of(found[name], found[RAW])
        figures.append(
            Figure(
                name=f"a new shop answers, {name} (time)",
                measured=milliseconds(found[name]),
                baseline=milliseconds(found[RAW]),
                ratio=ratio,
                low=low,
                high=high,
                goal=goal,
                rounds=rounds,
            )
        )
    return figures
