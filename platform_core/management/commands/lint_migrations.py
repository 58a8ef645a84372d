from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from platform_core.fleet.migrate.lint import SQUAWK, complaints, read_policy
from platform_core.fleet.migrate.run import recorded_script
from platform_core.fleet.migrate.script import Script, described
from platform_core.fleet.setup import OWNER_ALIAS, set_up_platform
from platform_core.fleet.template import schema_digest
from platform_core.management.operator import OperatorCommand
from smartseller.plurals import number_of

POLICY = ".ci/migrations.toml"
PLATFORM_APP = "platform_core"


class Command(OperatorCommand):
    help = f"""For developers: have squawk read the SQL of migrations that came after the first release.

Of shops' migrations it is the SQL that was recorded as the template was built. What squawk is wrong about stands in
{POLICY} with the reason. Exit code 1 when anything else is found."""

    def work(self, **options: Any) -> None:
        if not SQUAWK.exists():
            self.refuse("squawk is not installed: `make dev` does.")
        set_up_platform(say=self.say)
        policy = read_policy(settings.BASE_DIR / POLICY)
        script = (*_platforms(policy.first_release[PLATFORM_APP]), *recorded_script(schema_digest()))
        found = complaints(script, policy)
        self.answer(
            [{"migration": one.migration, "rule": one.rule, "detail": one.detail} for one in found],
            "\n".join(map(str, found)) or "Nothing to say about the migrations.",
        )
        if found:
            self.refuse(f"{number_of(len(found), 'complaint')}; see docs/operations/migrations.md.")


def _platforms(first_release: str) -> Script:
    """Written by Django without sending it: the platform is one database, and has the migration already."""
    connection = connections[OWNER_ALIAS]
    loader = MigrationLoader(connection)
    new = sorted(key for key in loader.disk_migrations if key[0] == PLATFORM_APP and key[1] > first_release)
    return tuple(
        replace(
            described(loader.disk_migrations[key]),
            statements=tuple(loader.collect_sql([(loader.graph.nodes[key], False)])),
        )
        for key in new
    )
