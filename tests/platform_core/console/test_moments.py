"""How the console writes days and moments."""

from datetime import UTC, date, datetime

import pytest

from platform_core.billing.models import BillingInvoice
from platform_core.console.moments import column, columns, written
from platform_core.console.site import PLACES, console
from platform_core.fleet.backups.models import Backup


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (None, "\u2013"),
        (date(2026, 11, 7), "2026-11-07"),
        (datetime(2026, 11, 7, 22, 51, 9, tzinfo=UTC), "2026-11-07 22:51"),
    ],
)
def test_days_and_moments_sort_as_they_read(at: date | None, text: str) -> None:
    assert written(at) == text


def test_moments_say_their_zone_and_other_columns_stay_what_they_are() -> None:
    moment, day = column(Backup, "started_at"), column(BillingInvoice, "due_date")
    assert not isinstance(moment, str)
    assert not isinstance(day, str)
    assert (moment.short_description, moment.admin_order_field) == ("started at (UTC)", "started_at")  # type: ignore[attr-defined]
    assert day.short_description == "due date"  # type: ignore[attr-defined]
    assert moment(Backup(started_at=datetime(2026, 11, 7, 22, 51, tzinfo=UTC))) == "2026-11-07 22:51"
    assert columns(Backup, ("slug", ("state", "started_at"), "badge")) == ["slug", ("state", moment), "badge"]


def test_every_list_of_the_console_is_written_so() -> None:
    for model, page in console._registry.items():
        for name in page.get_list_display(None):  # type: ignore[arg-type]
            field = next((each for each in model._meta.get_fields() if each.name == name), None)
            assert field is None or "Date" not in type(field).__name__, (model.__name__, name)


def test_the_pages_are_called_as_the_menu_calls_them() -> None:
    called = {model._meta.model_name: str(model._meta.verbose_name_plural) for model in console._registry}
    for _, places in PLACES:
        for title, _, model, *part in places:
            assert part or called[model].capitalize() == title
