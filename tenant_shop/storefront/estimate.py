"""Where a shopper says to live, in the cart: kept in the session, for the estimate and as the checkout's default."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenant_shop.orders.address import tidy_state
from tenant_shop.storefront.checkout_form import CHOOSE_COUNTRY, CountrySelect
from tenant_shop.storefront.locale import country_choices

KEY = "estimate"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A country (ISO 3166-1 alpha-2), perhaps a state and a postal code, as they were typed."""

    country: str
    region: str = ""
    postal_code: str = ""

    @property
    def state(self) -> str:
        """The state as tax rates and zones name it."""
        return tidy_state(self.region, country=self.country)

    @property
    def as_initial(self) -> dict[str, str]:
        """What of it is known, by the names of the checkout's fields."""
        return {name: value for name, value in asdict(self).items() if value}


class EstimateForm(forms.Form):
    prefix = "estimate"
    country = forms.ChoiceField(
        label=_("Country"),
        error_messages={"required": CHOOSE_COUNTRY, "invalid_choice": CHOOSE_COUNTRY},
        widget=CountrySelect({"autocomplete": "country", "class": "select"}),
    )
    region = forms.CharField(
        label=_("State or region"),
        max_length=100,
        required=False,
        widget=forms.TextInput({"autocomplete": "address-level1"}),
    )
    postal_code = forms.CharField(
        label=_("Postal code"), max_length=20, required=False, widget=forms.TextInput({"autocomplete": "postal-code"})
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = country_choices(language)  # type: ignore[attr-defined]


def keep_estimate(request: HttpRequest, form: EstimateForm) -> None:
    """Remember what a valid form says."""
    request.session[KEY] = asdict(Estimate(**form.cleaned_data))


def estimate_of(request: HttpRequest) -> Estimate | None:
    """What was remembered; None for who has said nothing."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    kept: Mapping[str, str] | None = request.session.get(KEY)
    return Estimate(**kept) if kept else None
