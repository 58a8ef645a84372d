"""A list of however many rows: counted to ten thousand, read a page at a time, to its end."""

from functools import cached_property
from typing import Any, cast

from django.contrib.admin.views.main import PAGE_VAR
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils.text import capfirst
from unfold.views import ChangeList

from tenant_shop.backoffice.paging import LAST, Page, Place, page_of

LONGEST_COUNT = 10_000


class AtLeast(int):
    """A count that stopped: shown with a plus."""

    def __str__(self) -> str:
        return f"{int(self):,}+"


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts to ten thousand and no further: a list of millions must open as fast as one of fifty."""

    template_name = "admin/shop/_pages.html"

    @cached_property
    def count(self) -> int:
        rows = cast("models.QuerySet[models.Model]", self.object_list)
        # By their keys: what a column adds up for each row need not be added up to count them.
        counted = rows.order_by().values("pk")[:LONGEST_COUNT].count()
        return AtLeast(counted) if counted == LONGEST_COUNT else counted


class WholeList(ChangeList):
    """A list that does not count all of its model's rows to say how many the search left out.

    Which columns it shows narrows nothing. It is called what it lists, and its filters what they ask.
    """

    def __init__(self, request: HttpRequest, *args: Any, **options: Any) -> None:
        super().__init__(request, *args, **options)
        if not self.is_popup:
            self.title = str(capfirst(self.opts.verbose_name_plural))

    def get_filters(self, request: HttpRequest) -> tuple[Any, ...]:
        filters, *rest = super().get_filters(request)
        for each in filters:
            each.title = str(each.title).removeprefix("is ")
        return (filters, *rest)

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        found: dict[str, Any] = super().get_filters_params(params)
        return {name: value for name, value in found.items() if name != "columns"}

    def get_results(self, request: HttpRequest) -> None:
        """Count, and read the page that the address names: `p` is a place in the list, or "last"."""
        paginator = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)
        count = paginator.count
        self.page: Page = page_of(
            self.queryset,
            self.get_ordering(request, self.queryset),
            request.GET.get(PAGE_VAR, ""),
            size=self.list_per_page,
            count=None if isinstance(count, AtLeast) else count,
        )
        self.paginator, self.result_count, self.full_result_count = paginator, count, count
        self.result_list = self.page.rows
        self.show_full_result_count, self.can_show_all = False, False
        self.show_admin_actions, self.multi_page = True, count > self.list_per_page

    @property
    def pages(self) -> list[tuple[str, str]]:
        """Where the links under the list lead, "" for where there is nothing."""
        page = self.page
        return [
            ("First", self._url("") if page.previous else ""),
            ("Previous", self._url(page.previous)),
            ("Next", self._url(page.next)),
            ("Last", self._url(LAST) if page.next else ""),
        ]

    def _url(self, place: Place | str | None) -> str:
        return "" if place is None else str(self.get_query_string({PAGE_VAR: str(place) or None}))
