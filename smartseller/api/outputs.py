"""How rows look from outside: the same in lists, alone, and in what webhooks send."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from rest_framework import serializers

from smartseller.api.readers import Reader, readers_of


@dataclass(frozen=True, slots=True)
class Expansion:
    """A row that stands beside its id when `expand` names it, or, of `many`, rows that belong to it.

    `joins` and `fetches` are what its query then needs.
    """

    output: type[serializers.Serializer[Any]]
    joins: tuple[str, ...] = ()
    fetches: tuple[str, ...] = ()
    many: bool = False


class Output(serializers.Serializer[Any]):
    """A representation. The context may hold `only`, the fields that were asked for, and `expand`.

    `id` is always there.
    """

    expansions: ClassVar[Mapping[str, Expansion]] = {}
    _readers: list[tuple[str, Reader]] | None = None

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        found = super().get_fields()
        parent: Any = self.parent
        is_root = parent is None or (isinstance(parent, serializers.ListSerializer) and parent.parent is None)
        if not is_root:
            return found
        for name in self.context.get("expand", ()):
            one = self.expansions[name]
            found[name] = one.output(read_only=True, many=one.many)
        only = self.context.get("only")
        if only is not None:
            kept = {"id", *only, *self.context.get("expand", ())}
            return {name: field for name, field in found.items() if name in kept}
        return found

    def to_representation(self, instance: Any) -> dict[str, Any]:
        if self._readers is None:
            self._readers = readers_of(self._readable_fields, instance)
        shown = {}
        for name, read in self._readers:
            try:
                shown[name] = read(instance)
            except serializers.SkipField:
                continue
        return shown


class RowOutput(Output, serializers.ModelSerializer[Any]):
    """A representation of a model's row, by the names of its columns."""

    class Meta:
        fields: Iterable[str] = ()


def represent(output: type[Output], row: Any) -> Mapping[str, Any]:
    """`row` as `GET` shows it, without expansions."""
    shown: Mapping[str, Any] = output(row).data
    return shown
