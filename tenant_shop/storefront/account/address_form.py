"""An address of the book as a form: the fields of the checkout's, and what it is chosen for."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Self

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tenant_shop.customers.address_book import Role, roles_of
from tenant_shop.customers.models import CustomerAddress
from tenant_shop.orders.errors import InvalidAddress
from tenant_shop.storefront.address_fields import ADDRESS_FIELDS, address_in, follow_country
from tenant_shop.storefront.checkout_form import CheckoutForm
from tenant_shop.storefront.locale import country_choices

NOTHING: Mapping[str, Any] = {}


class AddressForm(forms.Form):
    is_for_shipping = forms.BooleanField(label=_("Deliver here unless I say something else"), required=False)
    is_for_billing = forms.BooleanField(label=_("Bill here unless I say something else"), required=False)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = self.fields
        asked = CheckoutForm.base_fields
        self.fields = {name: deepcopy(asked[name]) for name in ADDRESS_FIELDS} | own
        self.fields["country"].choices = country_choices(language)  # type: ignore[attr-defined]
        follow_country(self, language=language)

    @classmethod
    def of(
        cls, address: CustomerAddress, data: QueryDict | None, *, language: str, typed: Mapping[str, Any] = NOTHING
    ) -> Self:
        """The address, and over it what was `typed` before."""
        roles = roles_of(address)
        initial = {ours: getattr(address, theirs) for ours, theirs in ADDRESS_FIELDS.items()}
        chosen = {"is_for_shipping": Role.SHIPPING in roles, "is_for_billing": Role.BILLING in roles}
        return cls(data, initial={**initial, **chosen, **typed}, language=language)

    @property
    def address(self) -> dict[str, str]:
        """The address of a valid form, in the words of the orders' room."""
        return address_in(self.cleaned_data)

    @property
    def roles(self) -> frozenset[Role]:
        chosen = {Role.SHIPPING: "is_for_shipping", Role.BILLING: "is_for_billing"}
        return frozenset(role for role, field in chosen.items() if self.cleaned_data[field])

    def blame(self, refusal: InvalidAddress) -> None:
        """Show a refusal of the orders' room beside the fields that it is about."""
        names = {theirs: ours for ours, theirs in ADDRESS_FIELDS.items()}
        for field, sentence in refusal.problems.items():
            self.add_error(names[field] if names[field] in self.fields else None, sentence)
