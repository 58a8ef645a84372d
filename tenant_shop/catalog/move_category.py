"""Moving a category: up and down among its neighbours, in below the one before it, out beside its parent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.catalog.models import Category
from tenant_shop.catalog.tree import TURN


class Move(StrEnum):
    UP = "up"
    DOWN = "down"
    IN = "in"
    OUT = "out"


class CannotMove(RuleViolation):
    """There is nowhere to move to, or it would lie below itself; nothing was changed."""

    code = "category_cannot_move"
    status: ClassVar[int] = 409

    def __init__(self, name: str, why: str) -> None:
        self.name, self.why = name, why
        super().__init__(f"{name} was not moved: {why}.")


@dataclass(slots=True)
class Branch:
    """A category with those below it, in order."""

    category: Category
    depth: int = 0
    below: "list[Branch]" = field(default_factory=list)


def move_category(category_id: UUID, move: Move) -> Category:
    """Move the category by one step. Its old and new neighbours are numbered 0, 1, 2 and so on.

    Moves take turns: of two at once the second starts from what the first has made. Four statements at most, however
    many categories there are. Errors: Category.DoesNotExist; CannotMove.
    """
    with shop_transaction():
        rows = _locked()
        category = _find(rows, category_id)
        old = category.parent_id
        beside = [row for row in rows if row.parent_id == old]
        place = beside.index(category)
        match move:
            case Move.UP | Move.DOWN:
                other = place + (1 if move is Move.DOWN else -1)
                if not 0 <= other < len(beside):
                    raise CannotMove(
                        category.name, "it is the " + ("last" if move is Move.DOWN else "first") + " there"
                    )
                beside[place], beside[other] = beside[other], beside[place]
                _number(beside)
            case Move.IN:
                if place == 0:
                    raise CannotMove(category.name, "there is none before it that it could go below")
                parent = beside[place - 1]
                _put(rows, category, parent, None)
            case Move.OUT:
                parents = {row.pk: row for row in rows}
                above = parents.get(old) if old is not None else None
                if above is None:
                    raise CannotMove(category.name, "it lies below none")
                outer = [row for row in rows if row.parent_id == above.parent_id]
                _put(rows, category, parents.get(above.parent_id), outer.index(above) + 1)  # type: ignore[arg-type]
    return category


def place_category(category_id: UUID, *, parent_id: UUID | None, place: int) -> Category:
    """Put the category below `parent_id`, or at the top, before the one that is at `place` there; behind all for more.

    Errors: Category.DoesNotExist for one of the two; CannotMove when it would lie below itself.
    """
    with shop_transaction():
        rows = _locked()
        category = _find(rows, category_id)
        parents = {row.pk: row for row in rows}
        parent = _find(rows, parent_id) if parent_id is not None else None
        above, passed = parent, set[UUID]()
        while above is not None and above.pk not in passed:
            if above.pk == category.pk:
                raise CannotMove(category.name, "it would lie below itself")
            passed.add(above.pk)
            above = parents.get(above.parent_id) if above.parent_id else None
        _put(rows, category, parent, max(place, 0))
    return category


def branches(categories: Sequence[Category]) -> list[Branch]:
    """The categories as a tree in one list: each after its parent, with its depth. `categories` are in their order.

    Those that lie below themselves, which an old database may have, stand at the top.
    """
    below: dict[UUID | None, list[Category]] = {}
    known = {category.pk for category in categories}
    for category in categories:
        below.setdefault(category.parent_id if category.parent_id in known else None, []).append(category)
    found: list[Branch] = []
    seen: set[UUID] = set()
    for start in (*below.get(None, ()), *categories):
        waiting = [Branch(start)]
        while waiting:
            branch = waiting.pop()
            if branch.category.pk in seen:
                continue
            seen.add(branch.category.pk)
            found.append(branch)
            branch.below = [Branch(child, branch.depth + 1) for child in below.get(branch.category.pk, ())]
            waiting += reversed(branch.below)
    return found


def _locked() -> list[Category]:
    """All categories in their order, and the turn to move them."""
    with shop_connection().cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [TURN])
    return list(Category.objects.order_by("sort_order", "name", "pk").only("name", "parent_id", "sort_order"))


def _find(rows: Sequence[Category], category_id: UUID) -> Category:
    for row in rows:
        if row.pk == category_id:
            return row
    raise Category.DoesNotExist


def _put(rows: Sequence[Category], category: Category, parent: Category | None, place: int | None) -> None:
    key = parent.pk if parent else None
    old = [row for row in rows if row.parent_id == category.parent_id and row.pk != category.pk]
    new = [row for row in rows if row.parent_id == key and row.pk != category.pk]
    same = category.parent_id == key
    new.insert(len(new) if place is None else place, category)
    if not same:
        category.parent_id = key
        category.save(update_fields=["parent_id"])
        _number(old)
    _number(new)


def _number(rows: Sequence[Category]) -> None:
    changed = [row for place, row in enumerate(rows) if row.sort_order != place]
    for place, row in enumerate(rows):
        row.sort_order = place
    if changed:
        Category.objects.bulk_update(changed, ["sort_order"])
