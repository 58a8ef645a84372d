"""What scripts and operators rely on."""

from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError

from platform_core.metrics.models import PlatformMetric
from tenant_shop.analytics.models import AnalyticsDaily, RollupState


def rollup(*options: str) -> str:
    out = StringIO()
    call_command("rollup", "--tenant", "acme", *options, stdout=out)
    return out.getvalue()


def test_a_span_is_rolled_up(shop):
    assert rollup("--from", "2026-01-30", "--to", "2026-03-02") == "acme: 32 days rolled up.\n"
    assert AnalyticsDaily.objects.count() == 32
    assert not RollupState.objects.exists()


def test_without_a_span_it_is_what_has_changed(shop):
    assert rollup() == "acme: 1 day rolled up.\n"
    assert rollup() == "acme: 2 days rolled up.\n"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--from", "2026-01-30"), "--from and --to go together."),
        (("--from", "2026-01-30", "--to", "2026-01-29"), "2026-01-30 is after 2026-01-29."),
    ],
)
def test_a_span_that_is_none_is_refused(shop, options, problem):
    with pytest.raises(CommandError, match=problem) as refused:
        rollup(*options)
    assert refused.value.returncode == 2
    assert not AnalyticsDaily.objects.exists()


@pytest.mark.parametrize("option", ["--all", "--all-tenants"])
def test_with_all_the_platforms_days_are_of_the_same_run(shop, option):
    out = StringIO()
    with time_machine.travel("2026-03-02T12:00:00Z", tick=False):
        call_command("rollup", option, "--from", "2026-02-28", "--to", "2026-03-01", stdout=out)
    assert out.getvalue() == "acme: 2 days rolled up.\nThe platform: 2 days added up.\n"
    assert PlatformMetric.objects.count() == 2


def test_a_shop_that_cannot_be_rolled_up_is_named_and_keeps_nobody_waiting(shop, platform):
    other = platform.make_shop("bolt")
    out, said = StringIO(), StringIO()
    with platform.unreachable(shop), pytest.raises(CommandError, match=r"^1 of 2 could not be done: acme\.$") as failed:
        call_command("rollup", "--all", stdout=out, stderr=said)
    assert failed.value.returncode == 1
    assert said.getvalue().startswith("acme: The database server did not do it: ")
    assert out.getvalue().splitlines()[0] == f"{other.slug}: 1 day rolled up."
    assert PlatformMetric.objects.exists()
