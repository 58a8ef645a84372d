"""What shoppers agreed to: the versions of the pages that hold, to be read again."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.decorators import display

from tenant_shop.backoffice.base import ShopAdmin
from tenant_shop.backoffice.site import backoffice
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.orders.models import Order
from tenant_shop.pages.render import page_html
from tenant_shop.pages.terms import TermsVersion, version_of


def terms_agreed(order: Order) -> str:
    """The sentence that was ticked, and the version that held, to be read. At most one statement."""
    sentence, version = order.agreed_to or "-", version_of(order.terms_version)
    if version is None:
        return sentence
    url = reverse("admin:tenant_shop_termsversion_change", args=[version.pk])
    link = format_html('<a class="text-primary-600 underline" href="{}">{}</a>', url, version)
    return format_html("{} · {}", sentence, link) if order.agreed_to else link


@admin.register(TermsVersion, site=backoffice)
class TermsVersionAdmin(ShopAdmin):
    list_display = ("__str__", "titles", "holds", "short_digest")
    ordering = ("-created_at", "-id")
    fields = ("created_at", "digest", "holds", "text")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description="Pages")
    def titles(self, version: TermsVersion) -> str:
        return ", ".join(page["title"] for page in version.pages)

    @display(description="Holds today", boolean=True)
    def holds(self, version: TermsVersion) -> bool:
        return version.digest == shop_settings().terms_version

    @display(description="SHA-256")
    def short_digest(self, version: TermsVersion) -> str:
        return version.digest[:12]

    @display(description="Text")
    def text(self, version: TermsVersion) -> SafeString:
        """Exactly what the pages said, drawn as the storefront draws them."""
        return format_html_join(
            "",
            "<section class='prose mb-6'><h2>{}</h2>{}</section>",
            ((page["title"], mark_safe(page_html(page["body"]))) for page in version.pages),  # noqa: S308
        )
