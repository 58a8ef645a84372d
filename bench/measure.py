"""Comparing two things that take turns: medians of interleaved rounds, and how far they spread."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

RESAMPLES = 2000


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the report: `ratio` is measured over baseline, as `unit` counts it; `goal` such as "≤ 1.05"."""

    name: str
    measured: str
    baseline: str
    ratio: float
    low: float
    high: float
    goal: str
    rounds: int
    limits: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the median ratio reaches the goal; None without one."""
        if not self.goal:
            return None
        sign, number = self.goal.split()[:2]
        return self.ratio <= float(number) if sign == "≤" else self.ratio >= float(number)


def take_turns(sides: dict[str, Callable[[int], float]], rounds: int) -> dict[str, list[float]]:
    """Call each side once a round, with the round's number; every other round goes backwards.

    A side returns what it measured (seconds, or something per second).
    """
    found: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds):
        order = list(sides)
        if number % 2:
            order.reverse()
        for name in order:
            found[name].append(sides[name](number))
    return found


def ratio_of(measured: Sequence[float], baseline: Sequence[float]) -> tuple[float, float, float]:
    """The median over the rounds of measured / baseline, with the 95 % bootstrap interval of that median."""
    ratios = [one / other for one, other in zip(measured, baseline, strict=True)]
    draw = random.Random(2)
    medians = sorted(median(draw.choices(ratios, k=len(ratios))) for _ in range(RESAMPLES))
    return median(ratios), medians[int(RESAMPLES * 0.025)], medians[int(RESAMPLES * 0.975)]


def milliseconds(values: Sequence[float]) -> str:
    """The median of `values` (seconds) in words."""
    return f"{median(values) * 1000:.3f} ms"


def per_second(values: Sequence[float], what: str) -> str:
    """The median of `values` (things per second) in words."""
    return f"{median(values):,.0f} {what}/s"
