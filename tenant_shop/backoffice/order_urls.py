"""The addresses of orders in the back office, besides those that Django's admin has for any model."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from tenant_shop.backoffice.cancel import cancel_page
from tenant_shop.backoffice.documents import ISSUING, PRINTS
from tenant_shop.backoffice.edit_order import edit_order_page
from tenant_shop.backoffice.fulfil import fulfil_page
from tenant_shop.backoffice.open_return import open_return_page
from tenant_shop.backoffice.order_contact import contact_page
from tenant_shop.backoffice.order_fields import fields_page
from tenant_shop.backoffice.order_mails import send_again_page
from tenant_shop.backoffice.order_notes import note_page, tags_page
from tenant_shop.backoffice.order_verbs import VERBS
from tenant_shop.backoffice.payments import refund_page
from tenant_shop.backoffice.take_order import suggest_customers, suggest_goods, take_order_page
from tenant_shop.backoffice.tracking import tracking_page

Page = Callable[..., HttpResponseBase]

OF_ALL: dict[str, Page] = {
    "take": take_order_page,
    "take_goods": suggest_goods,
    "take_customers": suggest_customers,
}
OF_ONE: dict[str, Page] = {
    "cancel": cancel_page,
    "contact": contact_page,
    "edit": edit_order_page,
    "refund": refund_page,
    "fulfil": fulfil_page,
    "return": open_return_page,
    "note": note_page,
    "send_again": send_again_page,
    "tags": tags_page,
    "fields": fields_page,
    **ISSUING,
}


def urls_of(page: Any) -> list[URLPattern]:
    """The buttons and pages of one order, and the pages of all. `page` is the orders' page (OrderAdmin)."""

    def address(route: str, name: str, view: Page) -> URLPattern:
        guarded: Page = page.admin_site.admin_view(view)
        return path(route, guarded, name=f"tenant_shop_order_{name}")

    return [
        *(address(f"<uuid:order_id>/{verb}/", verb, partial(page.act, verb=verb)) for verb in VERBS),
        *(address(f"<uuid:order_id>/{name}/", name, partial(view, page=page)) for name, view in OF_ONE.items()),
        *(address(f"<uuid:order_id>/{route}", name, partial(view, page=page)) for route, view, name in PRINTS),
        address("<uuid:order_id>/parcels/<uuid:shipment_id>/", "tracking", partial(tracking_page, page=page)),
        *(address(f"{name.replace('_', '/')}/", name, partial(view, page=page)) for name, view in OF_ALL.items()),
    ]
