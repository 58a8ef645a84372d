"""Categories and brands in the back office, each with its picture."""

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path
from unfold.widgets import UnfoldAdminTextareaWidget

from tenant_shop.backoffice.base import ShopAdmin
from tenant_shop.backoffice.category_tree import move_page, tree_page
from tenant_shop.backoffice.deleting import kept_with_products
from tenant_shop.backoffice.pictures import (
    KeepsPictures,
    PictureField,
    check_room_for,
    preview_of,
    remove_files_later,
    stored_in,
)
from tenant_shop.backoffice.site import backoffice
from tenant_shop.backoffice.told_form import ToldForm
from tenant_shop.catalog.models import Brand, Category
from tenant_shop.catalog.pictures.add import show_cover, show_cover_reference
from tenant_shop.catalog.pictures.models import CoverPicture
from tenant_shop.catalog.pictures.own_addresses import check_address
from tenant_shop.catalog.pictures.read import CleanPicture
from tenant_shop.catalog.pictures.receive import Purpose, keep_picture
from tenant_shop.catalog.tree import closes_circle

OR_ADDRESS = "Or its address"
EMPTY_IT = "Empty it to take the picture away."


class CoverForm(ToldForm):
    """A category or a brand: its picture is a file, or an address, which the field `address` names.

    The form also carries the address that it was opened with. Who changed other things meanwhile to a new picture keeps
    that one: only an address that was edited here is taken.
    """

    address: ClassVar[str]
    file = PictureField(required=False, label="Picture", help_text="JPEG, PNG, WebP, AVIF or GIF.")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.address in self.fields:  # a viewer's form has no fields
            self.fields[self.address].show_hidden_initial = True

    def _compare(self, seen: dict[str, str]) -> bool:
        """Of the picture somebody is told who chose another one."""
        if not {"file", self.address} & set(self.changed_data):
            seen.pop(self.address, None)
        return super()._compare(seen)

    def clean_file(self) -> CleanPicture | None:
        file: CleanPicture | None = self.cleaned_data["file"]
        if file:
            check_room_for([file])
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.address not in self.changed_data:
            cleaned[self.address] = getattr(self.instance, self.address)
            return cleaned
        url = cleaned.get(self.address) or ""
        if not url or cleaned.get("file"):
            return cleaned
        try:
            check_address(url, field=self.address)
        except forms.ValidationError as refusal:
            self.add_error(None, refusal)
        return cleaned


class CoverAdmin(KeepsPictures, ShopAdmin):
    """The page of a model that has one picture."""

    form: type[CoverForm] = CoverForm
    purpose: ClassVar[Purpose]
    readonly_fields = ("preview",)

    def get_fields(self, request: HttpRequest, obj: Category | Brand | None = None) -> Any:
        """What is new shows no picture yet."""
        return [name for name in super().get_fields(request, obj) if obj or name != "preview"]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        return kept_with_products(objs, request, self.admin_site)

    def preview(self, obj: Category | Brand) -> str:
        url = getattr(obj, self.form.address) or ""
        cover = CoverPicture.objects.filter(**{obj._meta.model_name or "": obj.pk}).first() if url else None
        return preview_of(cover if cover and cover.url == url else CoverPicture(url=url)) or "-"

    preview.short_description = "Shown now"  # type: ignore[attr-defined]

    def save_model(self, request: HttpRequest, obj: Category | Brand, form: CoverForm, change: bool) -> None:  # noqa: FBT001
        file = form.cleaned_data["file"]
        if file:
            stored = keep_picture(file, purpose=self.purpose)
            stored_in(request).append(stored.filename)
            show_cover(obj, stored)
        elif form.address in form.changed_data:
            show_cover_reference(obj)
        else:
            obj.save()
        remove_files_later()


class CategoryForm(CoverForm):
    address = "image_url"

    def clean_parent(self) -> Category | None:
        """Not the category itself, nor one below it; the database refuses it as well."""
        parent: Category | None = self.cleaned_data["parent"]
        if parent is not None and closes_circle(self.instance.pk, parent_id=parent.pk):
            raise forms.ValidationError(
                f"{parent} is this category or lies below it. Choose one outside of it, or none.", code="cycle"
            )
        return parent

    class Meta:
        labels = {"image_url": OR_ADDRESS}
        help_texts = {
            "image_url": EMPTY_IT,
            "is_active": "Off: shoppers meet neither this category nor those below it. Their products stay on sale.",
        }
        widgets = {"meta_description": UnfoldAdminTextareaWidget(attrs={"rows": 2})}


@admin.register(Category, site=backoffice)
class CategoryAdmin(CoverAdmin):
    form = CategoryForm
    purpose = Purpose.CATEGORY
    list_display = ("name", "parent", "sort_order", "is_active", "is_featured")
    list_filter = ("is_active", "is_featured")
    list_select_related = ("parent",)
    search_fields = ("name", "slug")
    ordering = ("sort_order", "name", "id")
    autocomplete_fields = ("parent",)
    list_before_template = "admin/shop/category_list_tools.html"
    prepopulated_fields = {"slug": ("name",)}
    fields = (
        "name",
        "slug",
        "parent",
        "description",
        "preview",
        "file",
        "image_url",
        ("sort_order", "is_active", "is_featured"),
        "meta_title",
        "meta_description",
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("tree/", view(partial(tree_page, page=self)), name="tenant_shop_category_tree"),
            path("<uuid:category_id>/move/", view(partial(move_page, page=self)), name="tenant_shop_category_move"),
        ]
        return [*own, *super().get_urls()]


class BrandForm(CoverForm):
    address = "logo_url"

    class Meta:
        labels = {"logo_url": OR_ADDRESS}
        help_texts = {"logo_url": EMPTY_IT}


@admin.register(Brand, site=backoffice)
class BrandAdmin(CoverAdmin):
    form = BrandForm
    purpose = Purpose.BRAND
    list_display = ("name", "website_url", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "slug")
    ordering = ("name", "id")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("name", "slug", "description", "preview", "file", "logo_url", "website_url", "is_active")
