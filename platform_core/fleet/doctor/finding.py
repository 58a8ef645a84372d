"""What the doctor says."""

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How grave a finding is: `FINE` as it should be, `WARNING` will hurt some day, `ERROR` hurts now."""

    FINE = 0
    WARNING = 1
    ERROR = 2


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at: `part` names it, `said` is what was seen, `mend` what to do about it (empty when
    it is fine)."""

    part: str
    level: Level
    said: str
    mend: str = ""


def fine(part: str, said: str) -> Finding:
    return Finding(part=part, level=Level.FINE, said=said)


def warning(part: str, said: str, mend: str) -> Finding:
    return Finding(part=part, level=Level.WARNING, said=said, mend=mend)


def error(part: str, said: str, mend: str) -> Finding:
    return Finding(part=part, level=Level.ERROR, said=said, mend=mend)
