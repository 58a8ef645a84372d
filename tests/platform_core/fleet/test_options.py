"""What operators mistype is wrong usage: said in one sentence with its bounds, and nothing was begun."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from platform_core.fleet.migrate.crew import Crew


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["migrate_tenants", "--all", "--lock-timeout", "nan"], "'nan' is no number of seconds above 0"),
        (["migrate_tenants", "--all", "--lock-timeout", "inf"], "'inf' is no number of seconds above 0"),
        (["migrate_tenants", "--all", "--lock-timeout", "1e12"], "at most 3600"),
        (["migrate_tenants", "--all", "--lock-timeout", "-1"], "'-1' is no number of seconds above 0"),
        (["migrate_tenants", "--all", "--parallel", "5000"], "'5000' is no whole number from 1 to 64"),
        (["migrate_tenants", "--all", "--wave", "0"], "'0' is no whole number of at least 1"),
        (["migrate_tenants", "--all", "--error-budget", "-1"], "'-1' is no whole number of at least 0"),
        (["migrate_tenants", "--resume", "last", "--wave", "5"], "a run that goes on keeps its own options"),
        (["migrate_tenants", "--resume", "last", "--retry-quarantined"], "a run that goes on keeps its own options"),
        (["rollback_tenants", "--all", "--to", "0001", "--error-budget", "x"], "'x' is no whole number of at least 0"),
        (["rollback_tenants", "--all", "--to", "0001", "--parallel", "65"], "from 1 to 64"),
        (["fleet_status", "--parallel", "0"], "from 1 to 64"),
        (["backup", "--all", "--parallel", "0"], "from 1 to 64"),
        (["backup", "--all", "--tenant", "acme"], "--tenant or --all, not both"),
        (["backup_verify", "--all", "--tenant", "acme"], "one of --tenant, --all and --backup"),
        (["backup_verify", "--backup", "x", "--platform"], "one of --tenant, --all and --backup"),
        (["backups", "--limit", "-1"], "of at least 1"),
        (["restore", "--tenant", "acme", "--latest", "--database", "x"], "--database goes with --from-cluster"),
        (["restore", "--tenant", "acme", "--latest", "--lost"], "--lost goes with --to"),
        (["restore", "--tenant", "acme", "--undo", "--to", "second"], "--to goes with --backup"),
        (["restore", "--tenant", "acme", "--from-cluster", "nonsense"], "--from-cluster wants an address"),
        (["restore_platform", "--parallel", "-2"], "from 1 to 64"),
        (["tenant_sizes", "--limit", "-1"], "of at least 1"),
        (["tenant_top", "--limit", "0"], "of at least 1"),
        (["spares", "--count", "3"], "--count goes with --refill or --rebuild"),
        (["spares", "--refill", "--count", "-3"], "of at least 0"),
        (["servers", "add", "second", "--capacity", "0"], "of at least 1"),
        (["base_backup", "--keep", "0"], "of at least 1"),
        (["pgbouncer_config", "--folder", "/nowhere", "--port", "70000"], "from 1 to 65535"),
        (["tenant", "certificate", "--pdf", "/nowhere/x.pdf"], "--pdf goes with a number"),
    ],
)  # fmt: skip
def test_wrong_usage_is_said_before_anything_is_asked(arguments: list[str], sentence: str) -> None:
    """No database is there to be asked: the mark for that is not set."""
    with pytest.raises(CommandError, match=sentence.replace("(", r"\(")):
        call_command(*arguments)


def test_what_nobody_expected_is_not_taken_for_work_that_is_done() -> None:
    def do(item: int, attempt: int) -> int:
        if item == 2:
            raise OverflowError("cannot convert float infinity to integer")
        return item

    crew = Crew([1, 2, 3], do, parallel=1, pause=0.1)
    with pytest.raises(OverflowError):
        list(crew.results(every=0.1))
