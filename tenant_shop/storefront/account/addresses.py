"""The address book."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tenant_shop.customers.address_book import (
    Role,
    address_of,
    addresses_of,
    remove_address,
    roles_of,
    save_address,
)
from tenant_shop.customers.errors import AddressBookFull, AddressNotFound
from tenant_shop.customers.models import Customer, CustomerAddress
from tenant_shop.orders.address import FIELDS
from tenant_shop.orders.address_lines import address_lines
from tenant_shop.orders.errors import InvalidAddress
from tenant_shop.storefront.account.address_form import AddressForm
from tenant_shop.storefront.account.forms import posted
from tenant_shop.storefront.account.gate import account_page, for_customers
from tenant_shop.storefront.only_forms import only_forms
from tenant_shop.storefront.typed import typed_again
from tenant_shop.storefront.visit import Visit

PAGE = "address.html"


@require_safe
@for_customers
def book(visit: Visit, customer: Customer) -> HttpResponse:
    rows = [_row(address) for address in addresses_of(customer)]
    return account_page(visit, "addresses.html", {"addresses": rows}, here="addresses")


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def new(visit: Visit, customer: Customer) -> HttpResponse:
    initial = {
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "country": visit.settings.country,
        **typed_again(visit),
    }
    form = AddressForm(posted(visit.request), initial=initial, language=visit.language)
    return _save(visit, customer, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def edit(visit: Visit, customer: Customer, address_id: UUID) -> HttpResponse:
    try:
        address = address_of(customer, address_id)
    except AddressNotFound as error:
        raise Http404 from error
    form = AddressForm.of(address, posted(visit.request), language=visit.language, typed=typed_again(visit))
    return _save(visit, customer, form, address)


@only_forms
@for_customers
def remove(visit: Visit, customer: Customer, address_id: UUID) -> HttpResponse:
    try:
        remove_address(customer, address_id)
    except AddressNotFound as error:
        raise Http404 from error
    messages.success(visit.request, _("The address is removed."))
    return redirect("storefront:addresses")


def _save(visit: Visit, customer: Customer, form: AddressForm, address: CustomerAddress | None) -> HttpResponse:
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            save_address(customer, form.address, roles=form.roles, address_id=address.pk if address else None)
        except InvalidAddress as refusal:
            form.blame(refusal)
        except AddressBookFull as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            messages.success(visit.request, _("Saved."))
            return redirect("storefront:addresses")
    context = {"form": form, "address_id": address.pk if address else None}
    return account_page(visit, PAGE, context, here="addresses", status=status)


def _row(address: CustomerAddress) -> dict[str, Any]:
    roles = roles_of(address)
    return {
        "id": address.pk,
        "lines": address_lines({name: getattr(address, name) or "" for name in FIELDS}),
        "is_for_shipping": Role.SHIPPING in roles,
        "is_for_billing": Role.BILLING in roles,
    }
