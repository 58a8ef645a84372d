"""Lists narrowed by what is typed: a drop-down of all there is would grow with the shop."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin

LONGEST = 200


class TextFilter(admin.SimpleListFilter):
    """A field beside the list. `hint` says what to write, `suggested` offers some of it."""

    template = "admin/shop/_text_filter.html"
    hint = ""

    def suggested(self) -> Iterable[str]:
        return ()

    @property
    def wanted(self) -> str:
        return (self.value() or "").strip()[:LONGEST]

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return []

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: Any) -> Iterator[Any]:
        others = [(name, value) for name, value in changelist.params.items() if name not in (self.parameter_name, "p")]
        yield {
            "name": self.parameter_name,
            "value": self.value() or "",
            "others": others,
            "hint": self.hint,
            "longest": LONGEST,
            "suggested": self.suggested(),
        }
