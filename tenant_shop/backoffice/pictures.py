"""Pictures in the back office: files are checked where they are chosen, before anything is stored."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import JSONField, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminFileFieldWidget

from platform_core.plans.limits import PlanLimitReached
from platform_core.tenancy.transactions import after_commit
from tenant_shop.backoffice.base import ShopInline
from tenant_shop.backoffice.told_form import ToldForm
from tenant_shop.catalog.models import Product, ProductImage
from tenant_shop.catalog.pictures.add import remove_unsaved, show_file, show_reference
from tenant_shop.catalog.pictures.columns import PictureFile
from tenant_shop.catalog.pictures.discard import queue_upkeep
from tenant_shop.catalog.pictures.errors import PictureRefused
from tenant_shop.catalog.pictures.of_product import TooManyPictures, next_picture
from tenant_shop.catalog.pictures.own_addresses import GONE, is_gone
from tenant_shop.catalog.pictures.read import CleanPicture, read_picture
from tenant_shop.catalog.pictures.receive import Purpose, keep_picture
from tenant_shop.catalog.pictures.sources import smallest_file
from tenant_shop.catalog.pictures.storage import check_storage

ACCEPTED = "image/jpeg,image/png,image/webp,image/avif,image/gif"
MOST_AT_ONCE = 20


class FileInput(UnfoldAdminFileFieldWidget):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"accept": ACCEPTED, **(attrs or {})})


class FilesInput(FileInput):
    allow_multiple_selected = True


class PictureField(forms.FileField):
    """An upload, read and clean. Its cleaned value is a CleanPicture, or None."""

    widget = FileInput

    def clean(self, data: Any, initial: Any = None) -> CleanPicture | None:
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            return read_picture(file)
        except PictureRefused as error:
            raise ValidationError(str(error), code=error.code) from error


class PicturesField(PictureField):
    """Several uploads at once; its cleaned value is a list. One that is refused is named, and none is taken then."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[CleanPicture]:  # type: ignore[override]
        files = [file for file in data or [] if file]
        if len(files) > MOST_AT_ONCE:
            raise ValidationError(_("At most %(most)d pictures at once.") % {"most": MOST_AT_ONCE}, code="too_many")
        pictures, refused = [], []
        for file in files:
            try:
                pictures.append(super().clean(file))
            except ValidationError as error:
                refused += [f"{file.name}: {message}" for message in error.messages]
        if refused:
            raise ValidationError(refused)
        return [picture for picture in pictures if picture]


def check_room_for(pictures: list[CleanPicture]) -> None:
    """Errors: ValidationError when the merchant's plan has no room for them."""
    try:
        check_storage(sum(len(picture.content) for picture in pictures))
    except PlanLimitReached as error:
        raise ValidationError(str(error), code=error.code) from error


class PictureForm(ToldForm):
    """A picture: a file, or an address. What was stored for it is told to `stored`."""

    file = PictureField(required=False, label=gettext_lazy("File"))
    stored: Callable[[str], object]

    class Meta:
        labels = {"url": gettext_lazy("Or its address"), "alt_text": gettext_lazy("What it shows")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["url"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        file, url = cleaned.get("file"), cleaned.get("url") or ""
        if "file" in self.errors or "url" in self.errors:
            return cleaned
        if file:
            check_room_for([file])
        elif not url:
            self.add_error("file", _("Choose a file, or give an address."))
        elif "url" in self.changed_data and not url.startswith(("https://", "/")):
            self.add_error("url", _("Use an address that begins with https://."))
        elif "url" in self.changed_data and is_gone(url):
            self.add_error("url", GONE)
        return cleaned

    def save(self, commit: bool = True) -> ProductImage:  # noqa: FBT001, FBT002
        image: ProductImage = super().save(commit=False)
        if not commit:
            return image
        file: CleanPicture | None = self.cleaned_data["file"]
        if file:
            _store(image, file, self.stored)
        elif "url" in self.changed_data:
            show_reference(image)
        else:
            image.save()
        return image


def preview_of(image: PictureFile) -> str:
    """The picture, small, and why it has no other sizes; nothing where there is none yet."""
    if not image.url:
        return ""
    shown = format_html(
        '<img src="{}" alt="" width="64" height="64" style="object-fit: cover" loading="lazy">',
        smallest_file(image.url, image.renditions),
    )
    if image.rendition_problem:
        return format_html("{}<br>{}", shown, _("Not resized: %(why)s") % {"why": image.rendition_problem})
    return shown


def first_picture() -> Subquery:
    """Of each of the products that it annotates: address and renditions of the picture that stands for it."""
    pictures = ProductImage.objects.filter(product=OuterRef("pk")).order_by("-is_primary", "sort_order", "id")
    found = pictures.annotate(picture=JSONObject(url="url", renditions="renditions")).values("picture")
    return Subquery(found[:1], output_field=JSONField())


def named_with_picture(product: Product) -> str:
    """The name of a product that was annotated with `first_picture`, behind that picture or room for one."""
    picture: dict[str, Any] | None = getattr(product, "first_picture", None)
    shown: str = (
        format_html(
            '<img src="{}" alt="" width="40" height="40" loading="lazy">',
            smallest_file(picture["url"], picture["renditions"]),
        )
        if picture
        else format_html('<span class="{}"></span>', "no-picture")
    )
    return format_html('<span class="with-picture">{}<span>{}</span></span>', shown, product.name)


class PictureInline(ShopInline):
    """A product's pictures."""

    model = ProductImage
    form = PictureForm
    fields = ("preview", "file", "url", "alt_text", "sort_order", "is_primary")
    readonly_fields = ("preview",)
    ordering_field = "sort_order"
    verbose_name = "picture"
    verbose_name_plural = "pictures"

    def get_fields(self, request: HttpRequest, obj: Product | None = None) -> Any:
        """Who only looks sends no file."""
        shown = super().get_fields(request, obj)
        return shown if self.has_change_permission(request, obj) else [name for name in shown if name != "file"]

    def get_formset(self, request: HttpRequest, obj: Product | None = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.stored = staticmethod(stored_in(request).append)
        return formset

    def preview(self, image: ProductImage) -> str:
        return preview_of(image)

    preview.short_description = "Picture"  # type: ignore[attr-defined]


class KeepsPictures:
    """A page of a model that has pictures: no way of saving or deleting leaves files behind."""

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)  # type: ignore[misc]
        remove_files_later()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)  # type: ignore[misc]
        remove_files_later()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form; files that were stored for rows that were not written in the end are removed again."""
        try:
            response: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)  # type: ignore[misc]
        except (PlanLimitReached, TooManyPictures) as error:  # there was room when the form was checked
            messages.error(request, str(error))
            return HttpResponseRedirect(request.get_full_path())
        finally:
            remove_unsaved(stored_in(request))
        return response


def stored_in(request: HttpRequest) -> list[str]:
    """The names of the files that the request has stored so far."""
    if not hasattr(request, "_stored_pictures"):
        request._stored_pictures = []  # type: ignore[attr-defined]
    stored: list[str] = request._stored_pictures  # type: ignore[attr-defined]
    return stored


def add_pictures(product: Product, pictures: list[CleanPicture], request: HttpRequest) -> None:
    """Put several pictures behind those that the product has."""
    for picture in pictures:
        _store(next_picture(product), picture, stored_in(request).append)


def remove_files_later() -> None:
    """Have the files of pictures that were deleted or replaced removed, once that is committed."""
    after_commit(queue_upkeep)


def _store(image: ProductImage, file: CleanPicture, tell: Callable[[str], object]) -> None:
    stored = keep_picture(file, purpose=Purpose.PRODUCT)
    tell(stored.filename)
    show_file(image, stored)
