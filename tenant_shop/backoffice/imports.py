"""Files of products and order histories: sent, looked at, imported, and what became of each row."""

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.backoffice.base import ShopAdmin
from tenant_shop.backoffice.site import backoffice
from tenant_shop.backoffice.upload_limit import StopAt, announces_more, limit_upload
from tenant_shop.imports.runs.models import ImportRun
from tenant_shop.imports.runs.needs import troubled
from tenant_shop.imports.runs.receive import FileTooLarge, most_bytes, receive_file
from tenant_shop.imports.runs.start import settle_run, start_import

STATE_COLOURS = {"waiting": "info", "running": "info", "done": "success", "failed": "danger"}
# In the order in which people read them; a history has no “updated”.
NUMBERS = ("imported", "updated", "skipped", "rejected")


class UploadForm(forms.Form):
    kind = forms.ChoiceField(
        label="What is in it",
        choices=ImportRun.Kind.choices,
        widget=UnfoldAdminSelectWidget,
        help_text="Products as Shopify writes them; an order history with a row for each line of an order.",
    )
    file = forms.FileField(label="CSV file", widget=UnfoldAdminFileFieldWidget, allow_empty_file=True)


class ErrorsFilter(admin.SimpleListFilter):
    """Imports whose errors nobody has done with."""

    title = "errors"
    parameter_name = "errors"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "To be looked at")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ImportRun]) -> QuerySet[ImportRun]:
        return troubled(queryset) if self.value() == "open" else queryset


@admin.register(ImportRun, site=backoffice)
class ImportRunAdmin(ShopAdmin):
    list_display = ("name", "kind", "step", "state_badge", "rows", "created_at")
    list_filter = ("kind", "state", ErrorsFilter)
    search_fields = ("name",)
    ordering = ("-created_at", "-id")

    def has_change_permission(self, request: HttpRequest, obj: ImportRun | None = None) -> bool:
        """No form writes to a run; `may_import` says who sends files and starts them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ImportRun | None = None) -> bool:
        return False

    def may_import(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tenant_shop.change_importrun")

    def get_urls(self) -> list[URLPattern]:
        pages = (("start", start_page), ("settle", settle_page), ("rejects", rejects_page))
        own = [
            path(
                f"<uuid:run_id>/{name}/",
                self.admin_site.admin_view(partial(view, page=self)),
                name=f"tenant_shop_importrun_{name}",
            )
            for name, view in pages
        ]
        return [*own, *super().get_urls()]

    @method_decorator(csrf_exempt)  # checked once the upload has its limit: the check reads the form
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form that sends a file, and what it sends; a file that is too large is not read to its end."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        most = most_bytes()
        if request.method != "POST":
            return _form(request, self, UploadForm(), most)
        if announces_more(request, most):
            return _form(request, self, UploadForm(), most, refusal=FileTooLarge(most))
        return _receive(request, self, most, limit_upload(request, most))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One run: how far it is, what became of its rows."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        run = self.get_object(request, object_id)
        if not isinstance(run, ImportRun):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[no-any-return]
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        numbers = run.counts or run.checked
        context = {
            **self.admin_site.each_context(request),
            "title": run.name,
            "opts": self.opts,
            "run": run,
            "may_import": self.may_import(request),
            "read": numbers.get("rows_read"),
            "numbers": [(name, numbers[name]) for name in NUMBERS if name in numbers],
            "skipped_because": sorted(numbers.get("skipped_because", {}).items()),
        }
        return TemplateResponse(request, "admin/shop/import_run.html", context)

    @display(description="State", ordering="state", label=STATE_COLOURS)
    def state_badge(self, run: ImportRun) -> tuple[str, str]:
        return run.state, run.get_state_display()

    @display(description="Rows")
    def rows(self, run: ImportRun) -> str:
        numbers = run.counts or run.checked
        return f"{numbers['rows_read']:,} read, {numbers['rejected']:,} rejected" if numbers else "-"


@csrf_protect
def _receive(request: HttpRequest, page: ImportRunAdmin, most: int, stop: StopAt) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if stop.is_over:
        return _form(request, page, UploadForm(), most, refusal=FileTooLarge(most))
    if not form.is_valid():
        return _form(request, page, form, most)
    file = form.cleaned_data["file"]
    kind = ImportRun.Kind(form.cleaned_data["kind"])
    with shop_transaction():
        run = receive_file(file, kind=kind, name=file.name, actor=str(request.user.pk))
        page.note(request, "add", run, [{"added": {}}], after={"kind": run.kind, "file": run.name})
    return redirect("admin:tenant_shop_importrun_change", run.pk)


def _form(
    request: HttpRequest, page: ImportRunAdmin, form: UploadForm, most: int, *, refusal: FileTooLarge | None = None
) -> HttpResponse:
    context = {
        **page.admin_site.each_context(request),
        "title": "Import a file",
        "opts": page.opts,
        "form": form,
        "most": most // 1_000_000,
        "refusal": str(refusal) if refusal else "",
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return TemplateResponse(request, "admin/shop/import_upload.html", context, status=status)


def start_page(request: HttpRequest, run_id: UUID, page: ImportRunAdmin) -> HttpResponseBase:
    """The button that imports what was looked at."""
    return _do(request, run_id, page, "start")


def settle_page(request: HttpRequest, run_id: UUID, page: ImportRunAdmin) -> HttpResponseBase:
    """The button that takes a run's errors off the first page."""
    return _do(request, run_id, page, "settle")


def _do(request: HttpRequest, run_id: UUID, page: ImportRunAdmin, verb: str) -> HttpResponseBase:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not page.may_import(request):
        raise PermissionDenied
    get_object_or_404(ImportRun, pk=run_id)
    try:
        with shop_transaction():
            run = start_import(run_id) if verb == "start" else settle_run(run_id)
            page.note(request, verb, run, [], after={"kind": run.kind})
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    return redirect("admin:tenant_shop_importrun_change", run_id)


def rejects_page(request: HttpRequest, run_id: UUID, page: ImportRunAdmin) -> HttpResponseBase:
    """The rows that were rejected, with line and reason, as CSV."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    run = get_object_or_404(ImportRun, pk=run_id)
    if not page.has_view_permission(request, run):
        raise PermissionDenied
    if not run.rejects_file or not default_storage.exists(run.rejects_file):
        raise Http404
    return FileResponse(
        default_storage.open(run.rejects_file),
        as_attachment=True,
        filename=f"{run.name.rpartition('.')[0] or run.name}-rejected.csv",
        content_type="text/csv; charset=utf-8",
    )
