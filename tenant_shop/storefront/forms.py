"""What shoppers type and choose about goods and orders; the checkout has a form of its own."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartseller import formats
from tenant_shop.carts.lines import MAX_QUANTITY
from tenant_shop.catalog.product_page import ProductPage
from tenant_shop.catalog.summary import VariantFacts

CHOOSE_VARIANT = gettext_lazy("Please choose one of the variants on this page.")


def choose_quantity() -> str:
    return _("Please choose a quantity from 1 to %(limit)s.") % {"limit": formats.number(MAX_QUANTITY)}


class AddToCartForm(forms.Form):
    """A variant of `page`, by its id, and how many. A product with one variant only need not name it."""

    quantity = forms.IntegerField(min_value=1, max_value=MAX_QUANTITY)
    variant = forms.UUIDField(required=False, error_messages={"invalid": CHOOSE_VARIANT})

    def __init__(self, data: Any, *, page: ProductPage) -> None:
        super().__init__(data)
        self.page = page

    def clean_variant(self) -> VariantFacts:
        named: UUID | None = self.cleaned_data["variant"]
        if named is None and len(self.page.variants) == 1:
            return self.page.variants[0]
        found = self.page.variant(named) if named else None
        if found is None:
            raise forms.ValidationError(CHOOSE_VARIANT)
        return found

    @property
    def chosen(self) -> VariantFacts | None:
        """The variant that was chosen, if that much is known."""
        variant: VariantFacts | None = self.cleaned_data.get("variant")
        return variant

    @property
    def sentence(self) -> str:
        """What is wrong, for the shopper."""
        return str(self.errors["variant"][0]) if "variant" in self.errors else choose_quantity()


class NotifyForm(forms.Form):
    """The address that wants to be told when a variant of `page` is back."""

    email = forms.EmailField(max_length=255)
    variant = forms.UUIDField(error_messages={"invalid": CHOOSE_VARIANT, "required": CHOOSE_VARIANT})

    def __init__(self, data: Any, *, page: ProductPage) -> None:
        super().__init__(data)
        self.page = page

    def clean_variant(self) -> VariantFacts:
        found = self.page.variant(self.cleaned_data["variant"])
        if found is None:
            raise forms.ValidationError(CHOOSE_VARIANT)
        return found

    @property
    def chosen(self) -> VariantFacts | None:
        variant: VariantFacts | None = self.cleaned_data.get("variant")
        return variant

    @property
    def sentence(self) -> str:
        """What is wrong, for the shopper."""
        return _("Please give your e-mail address.") if "email" in self.errors else str(CHOOSE_VARIANT)


class QuantityForm(forms.Form):
    """How many pieces of a line; 0 takes it out."""

    quantity = forms.IntegerField(min_value=0, max_value=MAX_QUANTITY)


class FindOrderForm(forms.Form):
    """What a guest knows of an order."""

    number = forms.CharField(
        label=gettext_lazy("Order number"), max_length=50, widget=forms.TextInput({"autocomplete": "off"})
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), max_length=255, widget=forms.EmailInput({"autocomplete": "email"})
    )
