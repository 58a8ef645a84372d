"""The merchant's own fields in the back office: what they are called, what they take, where they are shown."""

from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.backoffice.base import ShopAdmin
from tenant_shop.backoffice.site import backoffice
from tenant_shop.backoffice.told_form import ToldForm
from tenant_shop.configuration.custom_fields.define import define_field
from tenant_shop.configuration.custom_fields.errors import TooManyFields
from tenant_shop.configuration.custom_fields.index import want_index
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.configuration.custom_fields.remove import count_values, remove_field
from tenant_shop.configuration.custom_fields.save_field import plain_choices, plain_words, problems_of

INDEX_COLOURS = {"none": "default", "waiting": "info", "ready": "success", "failed": "danger"}


class LinesField(forms.CharField):
    """A list, a line each."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 5})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))

    def to_python(self, value: Any) -> Any:
        return plain_choices(str(value or "").splitlines())


class CustomFieldForm(ToldForm):
    choices = LinesField(
        label="Choices",
        required=False,
        help_text="One a line, for fields that take one of several. Values stay when a choice goes.",
    )

    def clean_name(self) -> str:
        return plain_words(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("kind", self.instance.kind) != CustomField.Kind.CHOICE:
            given["choices"] = []
        for name, problem in problems_of(self.instance, given):
            if name not in self.errors:
                self.add_error(name, problem)
        return given

    class Meta:
        labels = {
            "owner": "Of",
            "kind": "Takes",
            "is_required": "Needed",
            "in_storefront": "On product pages",
            "in_filters": "Filter of lists",
            "in_api": "In the API",
        }
        help_texts = {
            "owner": "Cannot be changed later.",
            "kind": "Cannot be changed later.",
            "name": "As your people read it, and shoppers where it is shown. Values stay when it is renamed.",
            "is_required": "Forms are not saved without a value. What is there already stays as it is.",
            "in_storefront": "Shoppers see it among the specifications.",
            "in_filters": "Lists of the back office can be narrowed by it.",
            "in_api": "Programs with a key read it.",
            "position": "Lower numbers come first.",
        }


@admin.register(CustomField, site=backoffice)
class CustomFieldAdmin(ShopAdmin):
    form = CustomFieldForm
    list_display = ("name", "of", "takes", "needed", "on_pages", "filters", "api", "index_badge")
    list_filter = ("owner", "kind")
    search_fields = ("name", "key")
    ordering = ("owner", "position", "name", "id")
    change_form_outer_before_template = "admin/shop/custom_field_tools.html"
    fields = (
        ("owner", "kind"),
        "name",
        "choices",
        ("is_required", "in_storefront", "in_filters", "in_api"),
        "position",
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, ("key", "index_state")) if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("owner", "kind", "key", "index_state") if obj else ("key", "index_state")

    def get_urls(self) -> list[URLPattern]:
        page = path(
            "<uuid:field_id>/index/",
            self.admin_site.admin_view(partial(index_page, page=self)),
            name="tenant_shop_customfield_index",
        )
        return [page, *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            page: HttpResponse = super().add_view(request, form_url, extra_context)
        except TooManyFields as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.get_full_path())
        return page

    def save_model(self, request: HttpRequest, obj: CustomField, form: Any, change: bool) -> None:  # noqa: FBT001
        """What the form changed and nothing else: a worker may be writing about the index."""
        if not change:
            define_field(obj)
        elif form.changed_data:
            obj.save(update_fields=form.changed_data)

    def delete_model(self, request: HttpRequest, obj: CustomField) -> None:
        remove_field(obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[CustomField]) -> None:
        for field_id in queryset.values_list("pk", flat=True):
            remove_field(field_id)

    def get_deleted_objects(self, objs: Iterable[CustomField], request: HttpRequest) -> Any:
        """What goes: the fields, and how many values of theirs."""
        lost = [(field, count_values(field)) for field in objs]
        told = [
            f"{field.name} ({field.get_owner_display()}), with {count:,} {'value' if count == 1 else 'values'}"
            for field, count in lost
        ]
        perms = set() if self.has_delete_permission(request) else {str(self.opts.verbose_name)}
        return told, {"custom fields": len(lost), "values": sum(count for _, count in lost)}, perms, []

    @display(description="Of", ordering="owner")
    def of(self, field: CustomField) -> str:
        return field.get_owner_display()

    @display(description="Takes", ordering="kind")
    def takes(self, field: CustomField) -> str:
        return field.get_kind_display()

    @display(description="Needed", ordering="is_required", boolean=True)
    def needed(self, field: CustomField) -> bool:
        return field.is_required

    @display(description="Product pages", ordering="in_storefront", boolean=True)
    def on_pages(self, field: CustomField) -> bool:
        return field.in_storefront

    @display(description="Filter", ordering="in_filters", boolean=True)
    def filters(self, field: CustomField) -> bool:
        return field.in_filters

    @display(description="API", ordering="in_api", boolean=True)
    def api(self, field: CustomField) -> bool:
        return field.in_api

    @display(description="Index", label=INDEX_COLOURS)
    def index_badge(self, field: CustomField) -> tuple[str, str]:
        return field.index_state, field.get_index_state_display()


def index_page(request: HttpRequest, field_id: UUID, page: CustomFieldAdmin) -> HttpResponse:
    """The button that has an index made or removed."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    field = get_object_or_404(CustomField, pk=field_id)
    if not page.has_change_permission(request, field):
        raise PermissionDenied
    wanted = request.POST.get("wanted") == "yes"
    verb = "index" if wanted else "drop the index of"
    with shop_transaction():
        want_index(field, wanted=wanted)
        page.note(request, "change", field, [{"changed": {"fields": [verb]}}], after={"index": wanted})
    messages.success(request, "The index is being made; your shop goes on selling." if wanted else "The index goes.")
    return redirect("admin:tenant_shop_customfield_change", field_id)
