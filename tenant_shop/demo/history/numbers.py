"""Order numbers of the past."""

from datetime import datetime
from zoneinfo import ZoneInfo

from tenant_shop.orders.history import OrderCounter


class Numbers:
    """Numbers as the shop's counter gives them out, for any month; `write` moves the counter past them.

    Reading locks the counter's rows until the transaction ends.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._last = {row.month: row.last_number for row in OrderCounter.objects.select_for_update()}

    def take(self, at: datetime) -> str:
        """The next number of the month of `at`: YYYYMM in the shop's zone and six digits."""
        month = int(at.astimezone(self._zone).strftime("%Y%m"))
        self._last[month] = self._last.get(month, 0) + 1
        return f"{month}{self._last[month]:06d}"

    def write(self) -> None:
        """Store how far each month has come. One statement."""
        OrderCounter.objects.bulk_create(
            [OrderCounter(month=month, last_number=last) for month, last in self._last.items()],
            update_conflicts=True,
            unique_fields=["month"],
            update_fields=["last_number"],
        )
