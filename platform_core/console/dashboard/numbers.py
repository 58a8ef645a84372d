"""The numbers above the charts, each beside what it was before."""

from dataclasses import dataclass
from decimal import Decimal

from platform_core.console.dashboard.tables import CURRENCY, NONE
from platform_core.metrics.business.overview import Business
from smartseller.money import display

Value = Decimal | int | float | None


@dataclass(frozen=True, slots=True)
class Number:
    """`change` is in percent of what was before, or in points of a percentage; None where there is nothing to compare.
    `is_good_up` says whether more is better, None when it is neither."""

    name: str
    title: str
    value: str
    before: str
    change: float | None
    is_points: bool
    is_good_up: bool | None
    explanation: str

    @property
    def amount(self) -> str:
        return f"{abs(self.change or 0):,.1f}".removesuffix(".0")

    @property
    def mood(self) -> str:
        if not self.change or self.is_good_up is None:
            return ""
        return "is-more" if (self.change > 0) == self.is_good_up else "is-less"


def numbers_of(found: Business) -> list[Number]:
    now, before = found.totals, found.totals_before
    paying, paid_before = found.subscribers, found.subscribers_before
    trials, trials_before = found.trials, found.trials_before

    def of_days(value: Value) -> Value:
        """Before the first day is added up nobody knows, which is not nothing."""
        return value if found.days else None

    return [
        _counted("mrr", "MRR", of_days(now.recurring), before.recurring, "What subscriptions bring in a month."),
        _counted("arr", "ARR", of_days(now.annual), before.annual, "Twelve times that."),
        _counted("revenue", "Revenue", of_days(now.revenue), before.revenue, "What merchants paid."),
        _counted("average", "Average", paying.average, paid_before.average, "MRR by merchants who pay."),
        _counted("paying", "Merchants who pay", paying.at_end, paid_before.at_end,
                 f"{paying.gained:,} came, {paying.lost:,} left."),
        _rate("churn", "Churn of merchants", paying.churn, paid_before.churn,
              "Who paid at the start and does not at the end.", is_good_up=False),
        _rate("revenue-churn", "Churn of revenue", paying.revenue_churn, paid_before.revenue_churn,
              "What those from the start bring less.", is_good_up=False),
        _rate("retention", "Net retention", paying.retention, paid_before.retention,
              "What those from the start bring, of what they brought.", is_good_up=True),
        _counted("trials", "Trials begun", trials.began, trials_before.began,
                 f"{found.trials_running:,} are running now."),
        _rate("conversion", "Conversion", trials.conversion, trials_before.conversion,
              f"{trials.paid:,} of {trials.ended:,} trials that ended pay.", is_good_up=True),
        _counted("shops", "Shops open", of_days(now.open_shops), before.open_shops,
                 f"{now.new:,} made, {now.left:,} cancelled."),
        _rate("uptime", "Uptime", now.uptime, before.uptime,
              _answers(now.response_ms, sum(found.unseen.values())), is_good_up=True),
    ]  # fmt: skip


def _counted(name: str, title: str, value: Value, before: Value, explanation: str) -> Number:
    change = float(100 * (value - before) / before) if value is not None and before else None  # type: ignore[operator]
    return Number(name, title, _said(value), _said(before), change, False, True, explanation)  # noqa: FBT003


def _rate(
    name: str, title: str, value: float | None, before: float | None, explanation: str, *, is_good_up: bool
) -> Number:
    change = None if value is None or before is None else value - before
    return Number(name, title, _percent(value), _percent(before), change, True, is_good_up, explanation)  # noqa: FBT003


def _said(value: Value) -> str:
    if value is None:
        return NONE
    return display(value, CURRENCY) if isinstance(value, Decimal) else f"{value:,}"


def _percent(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f}".rstrip("0").rstrip(".") + " %"


def _answers(ms: float | None, unseen: int) -> str:
    said = "Nobody has looked yet." if ms is None else f"Answers after {ms:,.0f} ms on the average."
    return f"{said} Nobody looked in {unseen:,} minutes, which are in neither." if unseen else said
