"""Who of the shop is told of what by mail, and where goods begin to run low."""

from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextareaWidget

from tenant_shop.backoffice.settings_page import keys_page
from tenant_shop.backoffice.told_settings import ToldSettings
from tenant_shop.configuration.rules import HIGHEST_THRESHOLD, LONGEST_NAME, MOST_NOTICES, notice_addresses

LONGEST = MOST_NOTICES * LONGEST_NAME


class NoticesForm(ToldSettings):
    """The fields are the keys of the settings."""

    order_notices = forms.CharField(
        label="Tell of new orders",
        required=False,
        max_length=LONGEST,
        help_text="E-mail addresses, a line each, that get a mail for every order. Empty: nobody.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )
    low_stock_threshold = forms.IntegerField(
        label="Runs low at",
        min_value=0,
        max_value=HIGHEST_THRESHOLD,
        help_text="So many pieces or fewer, for products that you add from now on. Each product can have its own.",
        widget=UnfoldAdminIntegerFieldWidget,
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any]) -> None:
        super().__init__(data, initial={**initial, "order_notices": "\n".join(initial["order_notices"])})

    def clean_order_notices(self) -> list[str]:
        return notice_addresses(str(self.cleaned_data["order_notices"]))


@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """Show them and change them."""
    return keys_page(request, site, NoticesForm, title="Notices", here="admin:notices")
