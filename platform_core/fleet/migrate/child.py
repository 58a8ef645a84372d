"""The process that migrates with Django what is more than SQL: `python -m platform_core.fleet.migrate.child`.

An order a line on stdin, an answer a line on stdout, both JSON. It ends when its parent does, whose end closes stdin,
and after the transaction that it is in. Django leaves something behind for every database that it migrates, so the
parent takes a new one now and then.
"""

import json
import sys
from typing import Any

import psycopg

# The migration that is being run, to be named when it fails.
_at = ""


def main() -> None:
    """Answer orders until there are none."""
    import django

    answers, sys.stdout = sys.stdout, sys.stderr  # what a migration prints is no answer
    django.setup()
    for line in sys.stdin:
        print(json.dumps(answer_to(json.loads(line))), file=answers, flush=True)


def answer_to(order: dict[str, Any]) -> dict[str, Any]:
    """Do the order; what went wrong is in the answer, with whether it may pass by itself."""
    from django.db import OperationalError

    from platform_core.fleet.migrate.errors import HistoryMoved
    from platform_core.fleet.migrate.shop import first_line

    try:
        migrate_with_django(**order)
    except (OperationalError, psycopg.OperationalError, HistoryMoved) as error:
        cause = error.__cause__
        lasting = isinstance(cause, psycopg.errors.ObjectInUse)
        return {"done": False, "at": _at, "may_pass": not lasting, "error": first_line(cause or error)}
    except Exception as error:
        # Whatever a migration's Python raises is the answer; its traceback goes to the parent's stderr.
        sys.excepthook(type(error), error, error.__traceback__)
        return {"done": False, "at": _at, "may_pass": False, "error": f"{type(error).__name__}: {first_line(error)}"}
    return {"done": True}


def migrate_with_django(
    *, server: str, database: str, lock_timeout: float, migrations: list[list[str]], backwards: bool, applied: list[str]
) -> None:
    """Apply `migrations` (app and name, in order), or take them back, with Django's executor.

    What is atomic is one transaction together with its rows, as everywhere. Errors: HistoryMoved when the database's
    migrations are not `applied`; whatever a migration raises.
    """
    from django.db import connections, transaction
    from django.db.migrations.loader import MigrationLoader

    from platform_core.fleet.migrate.errors import HistoryMoved
    from platform_core.fleet.migrate.script import SHOP_DATABASE_APPS, described, stretches
    from platform_core.fleet.migrate.shop import APPLIED, CHECK_KEYS, HOLD, NOTE_VERSION, version_row
    from platform_core.tenancy.connections import owner_alias

    graph = MigrationLoader(None).graph
    script = [described(graph.nodes[app, name]) for app, name in migrations]
    have = set(applied)
    with owner_alias(server, database) as alias:
        connection = connections[alias]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('lock_timeout', %s, false), set_config('statement_timeout', '0', false)",
                [f"{max(1, round(lock_timeout * 1000))}ms"],
            )
        for stretch in stretches(script):
            if stretch[0].atomic:
                with transaction.atomic(using=alias), connection.cursor() as cursor:
                    cursor.execute(HOLD)
                    cursor.execute(APPLIED, [list(SHOP_DATABASE_APPS)])
                    if {row[0] for row in cursor.fetchall()} != have:
                        raise HistoryMoved
                    for migration in stretch:
                        _run(alias, graph, migration.app, migration.name, backwards=backwards)
                        cursor.execute(NOTE_VERSION, version_row(migration, backwards=backwards))
                        cursor.execute(CHECK_KEYS)
            else:
                _run(alias, graph, stretch[0].app, stretch[0].name, backwards=backwards)
                with connection.cursor() as cursor:
                    cursor.execute(NOTE_VERSION, version_row(stretch[0], backwards=backwards))
            keys = {migration.key for migration in stretch}
            have = have - keys if backwards else have | keys


def _run(alias: str, graph: Any, app: str, name: str, *, backwards: bool) -> None:
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    global _at
    _at = f"{app}.{name}"
    executor = MigrationExecutor(connections[alias])
    if not backwards:
        executor.migrate([(app, name)])
        return
    earlier = [node for node in graph.node_map[app, name].parents if node.key[0] == app]
    executor.migrate([earlier[0].key if earlier else (app, None)])


if __name__ == "__main__":
    main()
