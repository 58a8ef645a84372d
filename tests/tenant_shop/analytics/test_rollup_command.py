"""What scripts and operators rely on."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

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
