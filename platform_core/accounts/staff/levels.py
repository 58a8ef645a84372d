"""Exceptions to a role as people choose them: for a whole area of the back office at once."""

from collections.abc import Mapping

from platform_core.accounts.models import SHOP_APP
from platform_core.accounts.permissions import AREAS, NOTHING, RUN, SEE, WORK, Area

# Without a level the role holds; SINGLE are exceptions that name single permissions and are kept as they are.
AS_THE_ROLE, SINGLE = "", "single"
LEVELS = {"nothing": NOTHING, "see": SEE, "work": WORK, "all": RUN}


def level_of(area: Area, exceptions: Mapping[str, object]) -> str:
    """The level that `exceptions` give in `area`."""
    known = {name: exceptions[name] for name in _permissions(area) if name in exceptions}
    if not known:
        return AS_THE_ROLE
    for level in LEVELS:
        if known == _granted(area, level):
            return level
    return SINGLE


def exceptions_of(levels: Mapping[str, str], before: Mapping[str, bool]) -> dict[str, bool]:
    """The exceptions that `levels`, by an area's title, stand for; single ones stay as they are in `before`."""
    found: dict[str, bool] = {}
    for area in AREAS:
        level = levels.get(area.title, AS_THE_ROLE)
        if level == SINGLE:
            found |= {name: before[name] for name in _permissions(area) if name in before}
        elif level != AS_THE_ROLE:
            found |= _granted(area, level)
    return found


def _granted(area: Area, level: str) -> dict[str, bool]:
    return {name: name.removeprefix(f"{SHOP_APP}.").partition("_")[0] in LEVELS[level] for name in _permissions(area)}


def _permissions(area: Area) -> list[str]:
    return [f"{SHOP_APP}.{action}_{model}" for model in sorted(area.models) for action in sorted(RUN)]
