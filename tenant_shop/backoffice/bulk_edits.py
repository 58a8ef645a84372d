"""What was changed of many products at once, and its undoing."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from unfold.decorators import display

from platform_core.plans.limits import PlanLimitReached
from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.backoffice.base import ShopAdmin
from tenant_shop.backoffice.site import backoffice
from tenant_shop.backoffice.table import describe, note_changes
from tenant_shop.catalog.bulk.change import Change
from tenant_shop.catalog.bulk.models import BulkEdit
from tenant_shop.catalog.bulk.undo import undo_bulk_edit


@admin.register(BulkEdit, site=backoffice)
class BulkEditAdmin(ShopAdmin):
    """A record: it is made by the table, and nothing of it is written by people."""

    list_display = ("what", "created_at", "state")
    comes_from = "Choose products in their list and edit them in a table: what was changed stands here, to be undone."
    ordering = ("-created_at", "-id")
    fields = ("what", "created_at", "state")
    readonly_fields = ("what", "created_at", "state")
    change_form_outer_before_template = "admin/shop/bulk_edit.html"

    @display(description="What")
    def what(self, edit: BulkEdit) -> str:
        return str(edit)

    @display(description="State", label={"made": "success", "undone": "default"})
    def state(self, edit: BulkEdit) -> str:
        return "undone" if edit.undone_at else "made"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.undo)
        return [path("<uuid:edit_id>/undo/", view, name="tenant_shop_bulkedit_undo"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        edit = self.get_object(request, object_id)
        differences = describe([Change.from_json(told) for told in edit.changes]) if edit else []
        may_undo = edit is not None and edit.undone_at is None and request.user.has_perm("tenant_shop.change_product")
        context = {"differences": differences, "may_undo": may_undo, **(extra_context or {})}
        response: HttpResponse = super().change_view(request, object_id, form_url, context)
        return response

    def undo(self, request: HttpRequest, edit_id: UUID) -> HttpResponse:
        """Put everything back as it was, or say what was changed since."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("tenant_shop.change_product"):
            raise PermissionDenied
        edit = get_object_or_404(BulkEdit, pk=edit_id)
        try:
            with shop_transaction():
                undo_bulk_edit(edit.pk, actor=str(request.user.pk))
                self.note(request, "undo", edit, [{"changed": {"fields": [str(edit)]}}])
                back = [Change.from_json(told).reversed for told in edit.changes]
                note_changes(request, self, back, how="table, undone")
        except (RuleViolation, PlanLimitReached) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{edit} {'was' if len(edit.changes) == 1 else 'were'} undone.")
        return redirect("admin:tenant_shop_bulkedit_change", edit.pk)

    class Media:
        css = {"all": ("css/backoffice/product-form.css",)}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: BulkEdit | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: BulkEdit | None = None) -> bool:
        return False
