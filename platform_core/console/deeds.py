"""What an operator can do about one thing of a list: asked why, by who has just proven who they are, written down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminTextareaWidget

from platform_core.accounts.models import PlatformUser
from platform_core.accounts.origin import origin_of
from platform_core.audit.acting import acting
from platform_core.console.base import ConsoleAdmin
from platform_core.console.fresh import asked_first
from platform_core.console.site import console
from smartseller.errors import SmartSellerError


class ReasonForm(forms.Form):
    """Why it is done. The row that it is about is `self.row`."""

    reason = forms.CharField(
        label="Why",
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="It stands in the audit log.",
    )

    def __init__(self, data: Any = None, *, row: Any) -> None:
        self.row = row
        super().__init__(data)
        # Why comes last, after what.
        self.order_fields([name for name in self.fields if name != "reason"] + ["reason"])


Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing that can be done. `do(row, values, actor_id)` calls the verb and says what became of it; what the verb
    refuses is shown above the form. `word` is its place in addresses, `permission` the last part of a permission.
    """

    word: str
    title: str
    button: str
    explanation: str
    permission: str
    do: Callable[[Any, Values, UUID], str]
    is_possible: Callable[[Any], bool]
    form: type[ReasonForm] = ReasonForm
    is_dangerous: bool = False


class DeedsAdmin(ConsoleAdmin):
    """Shows buttons for `deeds` above one thing, and asks before each."""

    deeds: tuple[Deed, ...] = ()
    change_form_outer_before_template = "admin/console/tools.html"

    def get_urls(self) -> list[URLPattern]:
        name = self.model._meta.model_name
        pages = [
            path(f"<uuid:key>/{deed.word}/", self.admin_site.admin_view(self._page(deed)), name=f"{name}_{deed.word}")
            for deed in self.deeds
        ]
        return [*pages, *super().get_urls()]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        row = self.get_object(request, object_id) if object_id else None
        told = {"deeds": self.possible(request, row), **self.facts_of(row)} if row is not None else {}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **told})

    def possible(self, request: HttpRequest, row: models.Model) -> list[dict[str, str]]:
        """What the request's user may do about `row` as it stands."""
        name = self.model._meta.model_name
        return [
            {"title": deed.button, "url": reverse(f"admin:{name}_{deed.word}", args=[row.pk])}
            for deed in self.deeds
            if request.user.has_perm(f"platform_core.{deed.permission}") and deed.is_possible(row)
        ]

    def facts_of(self, row: Any) -> dict[str, Any]:
        """More for the page of one thing."""
        return {}

    def _page(self, deed: Deed) -> Callable[..., HttpResponseBase]:
        @require_http_methods(["GET", "HEAD", "POST"])
        def page(request: HttpRequest, key: UUID) -> HttpResponseBase:
            if not request.user.has_perm(f"platform_core.{deed.permission}"):
                raise PermissionDenied
            if asked := asked_first(request):
                return asked
            row = self.get_queryset(request).filter(pk=key).first()
            if row is None:
                raise Http404
            return self._answer(request, deed, row)

        return page

    def _answer(self, request: HttpRequest, deed: Deed, row: models.Model) -> HttpResponse:
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
        if request.method != "POST" and not deed.is_possible(row):
            # An old tab, or somebody else was faster.
            messages.warning(request, f"“{deed.button}” is not possible as {row} stands now.")
            return HttpResponseRedirect(back)
        form = deed.form(request.POST if request.method == "POST" else None, row=row)
        if form.is_bound and form.is_valid():
            try:
                with acting(origin_of(request)):
                    said = deed.do(row, form.cleaned_data, cast("PlatformUser", request.user).pk)
            except SmartSellerError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, said)
                return HttpResponseRedirect(back)
        context = {
            **console.each_context(request),
            "title": deed.title.format(row),
            "deed": deed,
            "form": form,
            "row": row,
            "back": back,
            "opts": self.opts,
        }
        status = 409 if form.non_field_errors() else 422 if form.errors else 200
        return TemplateResponse(request, "admin/console/deed.html", context, status=status)
