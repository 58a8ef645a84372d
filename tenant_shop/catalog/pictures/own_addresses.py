"""The shop's own files where they are shown by their address: another's picture, typed or copied into a form."""

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation, ValidationError
from django.core.files.storage import default_storage
from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenant_shop.catalog.models import Brand, Category, ProductImage
from tenant_shop.catalog.pictures.models import DiscardedPicture

# What shows a picture by an address, and the column that has it.
SHOWN_IN = (
    (Category.objects.all(), "image_url"),
    (Brand.objects.all(), "logo_url"),
    (ProductImage.objects.filter(filename=None), "url"),
)

GONE = gettext_lazy("There is no picture at this address any more. Choose another, or a file.")


def addressed_files() -> set[str]:
    """The names of the shop's own files that are shown by their address."""
    prefix = settings.MEDIA_URL
    return {
        str(url).removeprefix(prefix)
        for rows, column in SHOWN_IN
        for url in rows.filter(**{f"{column}__startswith": prefix}).values_list(column, flat=True)
    }


def not_shown_by_address(discarded: QuerySet[DiscardedPicture]) -> QuerySet[DiscardedPicture]:
    """Those of `discarded` whose file no address shows. A part of the same SELECT."""
    found = discarded.annotate(address=Concat(Value(settings.MEDIA_URL), F("filename")))
    for rows, column in SHOWN_IN:
        found = found.exclude(Exists(rows.filter(**{column: OuterRef("address")})))
    return found


def is_gone(url: str) -> bool:
    """Whether `url` is an address of the shop's own files where nothing is, or soon nothing will be."""
    if not url.startswith(settings.MEDIA_URL):
        return False
    name = url.removeprefix(settings.MEDIA_URL)
    return DiscardedPicture.objects.filter(filename=name).exists() or not _exists(name)


def check_address(url: str | None, *, field: str) -> None:
    """Errors: ValidationError at `field` unless a page may show a picture from there; none at all is well."""
    if not url:
        return
    if not url.startswith(("https://", "/")) or url.startswith("//"):
        refusal = ValidationError(_("Use an address that begins with https://."), code="no_address")
        raise ValidationError({field: refusal})
    if is_gone(url):
        raise ValidationError({field: ValidationError(GONE, code="picture_gone")})


def _exists(name: str) -> bool:
    try:
        return default_storage.exists(name)
    except SuspiciousFileOperation:  # it leads out of the shop's folder
        return False
