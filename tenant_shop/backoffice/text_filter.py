"""Lists narrowed by what is typed: a drop-down of all there is would grow with the shop."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

LONGEST = 200
# So many names are offered; the rest are found by typing them.
MOST_SUGGESTED = 200


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


class TagFilter(TextFilter):
    """Rows of a model that has `tags`, by one of them."""

    title = "Tag"
    parameter_name = "tag"
    hint = "One tag, as it is written."

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(tags__contains=[self.wanted]) if self.wanted else queryset
