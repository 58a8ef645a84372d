"""Views over a list: those that come with the shop, and those that its people keep."""

from functools import partial
from typing import Any, ClassVar
from urllib.parse import parse_qsl
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.configuration.saved_views.keep import (
    delete_view,
    keep_view,
    rename_view,
    tidy_query,
    views_of,
)
from tenant_shop.configuration.saved_views.models import SavedView

VERBS = ("keep", "rename", "delete")


class HasViews:
    """A page whose list has views. `standard_views` are names with what stands in the list's address."""

    standard_views: ClassVar[tuple[tuple[str, str], ...]] = ()
    list_before_template = "admin/shop/saved_views.html"

    def get_urls(self) -> list[URLPattern]:
        name = self.opts.model_name  # type: ignore[attr-defined]
        guarded = self.admin_site.admin_view  # type: ignore[attr-defined]
        return [
            path("views/keep/", guarded(partial(act_on_view, page=self, verb="keep")), name=f"tenant_shop_{name}_keep"),
            *(
                path(
                    f"views/<uuid:view_id>/{verb}/",
                    guarded(partial(act_on_view, page=self, verb=verb)),
                    name=f"tenant_shop_{name}_view_{verb}",
                )
                for verb in ("rename", "delete")
            ),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def may_keep_views(self, request: HttpRequest) -> bool:
        """Who works on what is listed; not who only looks at it."""
        return request.user.has_perm(f"tenant_shop.change_{self.opts.model_name}")  # type: ignore[attr-defined]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        name = str(self.opts.model_name)  # type: ignore[attr-defined]
        current = tidy_query(request.META.get("QUERY_STRING", ""))
        kept = views_of(name, owner=str(request.user.pk))
        tabs = [
            {"name": title, "query": query, "is_current": tidy_query(query) == current}
            for title, query in (("All", ""), *self.standard_views)
        ]
        tabs += [{"name": view.name, "query": view.query, "is_current": view.query == current} for view in kept]
        shown = {
            "view_tabs": tabs,
            "kept_view": next((view for view in kept if view.query == current), None),
            "may_keep_view": self.may_keep_views(request),
            "is_new_view": not any(tab["is_current"] for tab in tabs),
            "current_query": current,
            **self._addresses(kept, current),
        }
        page: HttpResponse = super().changelist_view(request, {**(extra_context or {}), **shown})  # type: ignore[misc]
        return page

    def _addresses(self, kept: list[SavedView], current: str) -> dict[str, str]:
        name = f"admin:tenant_shop_{self.opts.model_name}"  # type: ignore[attr-defined]
        view = next((view for view in kept if view.query == current), None)
        own = {f"{verb}_url": reverse(f"{name}_view_{verb}", args=[view.pk]) for verb in VERBS[1:]} if view else {}
        return {"keep_url": reverse(f"{name}_keep"), **own}


def act_on_view(request: HttpRequest, page: Any, verb: str, view_id: UUID | None = None) -> HttpResponseBase:
    """The forms over a list. `page` is the list's page (HasViews)."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not page.may_keep_views(request):
        raise PermissionDenied
    kind, owner, query = str(page.opts.model_name), str(request.user.pk), request.POST.get("query", "")
    try:
        with shop_transaction():
            if view_id is None:
                is_shared = request.POST.get("is_shared") == "on"
                view = keep_view(kind, request.POST.get("name", ""), query, is_shared=is_shared, owner=owner)
                done = f"The view {view.name} is kept{' for everybody' if is_shared else ''}."
            elif verb == "rename":
                view = rename_view(view_id, request.POST.get("name", ""), owner=owner)
                done = f"The view is called {view.name} now."
            else:
                view = delete_view(view_id, owner=owner)
                done = f"The view {view.name} is deleted. What it listed is where it was."
            page.note(request, f"{verb}_view", view, [{"view": {"fields": [view.name]}}])
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect(_list_of(kind, query))
    messages.success(request, done)
    return redirect(_list_of(kind, "" if verb == "delete" else view.query))


def _list_of(kind: str, query: str) -> str:
    tidied = tidy_query(query)
    return reverse(f"admin:tenant_shop_{kind}_changelist") + (f"?{tidied}" if parse_qsl(tidied) else "")
