"""How objects look to integrators. The API says it; rooms import no doors, so it fills this in (`apps.py`)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

# The objects with these ids, by id, ready for JSON, exactly as the API answers; those that are gone are left out.
# A number of statements that does not depend on how many there are.
Represent = Callable[[Iterable[UUID]], dict[UUID, dict[str, Any]]]

# Gives, when it is first asked, for each kind of `catalogue.EventType` how it is represented.
load: Callable[[], Mapping[str, Represent]] = dict


def represented(kind: str, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """The objects of a kind, by id; nothing for a kind that the API does not have."""
    represent = load().get(kind)
    wanted = set(ids)
    return represent(wanted) if represent is not None and wanted else {}
