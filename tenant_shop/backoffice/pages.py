"""The merchant's own pages in the back office."""

from django.contrib import admin
from unfold.widgets import UnfoldAdminTextareaWidget

from tenant_shop.backoffice.base import ShopAdmin
from tenant_shop.backoffice.site import backoffice
from tenant_shop.backoffice.told_form import ToldForm
from tenant_shop.pages.models import Page


class PageForm(ToldForm):
    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).strip().lower()

    class Meta:
        labels = {
            "slug": "Address",
            "body": "Text",
            "meta_description": "For search engines",
            "is_published": "Published",
            "show_in_footer": "In the footer",
        }
        help_texts = {
            "slug": "The last part of its own address: about, for a page at /pages/about/.",
            "body": "Markdown: ## Heading, **bold**, *italic*, - list, [link](/products/). Markup is shown as text. "
            "Only the shop's people see a page that is not published.",
        }
        widgets = {
            "body": UnfoldAdminTextareaWidget(attrs={"rows": 24, "spellcheck": "true"}),
            "meta_description": UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        }


@admin.register(Page, site=backoffice)
class PageAdmin(ShopAdmin):
    form = PageForm
    list_display = ("title", "slug", "is_published", "show_in_footer", "position", "updated_at")
    list_filter = ("is_published",)
    search_fields = ("title", "slug")
    ordering = ("position", "title", "id")
    prepopulated_fields = {"slug": ("title",)}
    change_form_outer_before_template = "admin/shop/page_tools.html"
    fields = ("title", "slug", "body", "meta_description", ("is_published", "show_in_footer", "position"))
