"""What an import changes in objects that the shop has already."""

from typing import Any
from uuid import UUID

from django.db.models import Model


class Changes(dict[UUID, tuple[Model, set[str]]]):
    """Existing objects, by id, with the names of their changed fields. They are changed and not saved."""

    def give(self, target: Model, values: dict[str, Any]) -> bool:
        """Give `target` the values that differ, remembering them when it is an existing object; true when any did."""
        different = {name for name, value in values.items() if _differs(getattr(target, name), value)}
        for name in different:
            setattr(target, name, values[name])
        if different and not target._state.adding:
            self.setdefault(target.pk, (target, set()))[1].update(different)
        return bool(different)


def _differs(old: Any, new: Any) -> bool:
    """Whether two field values mean different things; nothing, no text and no tags are the same."""
    nothing: tuple[Any, ...] = (None, "", [])
    return bool(old != new and not (old in nothing and new in nothing))
