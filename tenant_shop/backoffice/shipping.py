"""Shipping zones and their rates in the back office."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from smartseller import formats
from tenant_shop.backoffice.base import ShopAdmin, ShopInline
from tenant_shop.backoffice.country_boxes import CountryBoxes
from tenant_shop.backoffice.places import country_options, state_key
from tenant_shop.backoffice.site import backoffice
from tenant_shop.backoffice.told_form import ToldForm
from tenant_shop.orders.address import countries
from tenant_shop.shipping.models import LONGEST_DAYS, ShippingZone, ShippingZoneRate
from tenant_shop.shipping.zones import place_of

Kind = ShippingZone.Kind
LONGEST_STATE = 100
FIRST_COUNTRIES = 3


class ZoneForm(ToldForm):
    """A zone's places are chosen as countries and written as states; no two zones name the same one."""

    also_watched = ("countries", "states")
    countries = forms.MultipleChoiceField(
        required=False,
        widget=CountryBoxes,
        help_text="The rest of the world and pick-up have none.",
    )
    states = forms.CharField(
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Parts of countries with rates of their own, separated by commas: US:AK, US:HI.",
    )

    class Meta:
        model = ShippingZone
        fields = ("name", "kind", "position")
        labels = {"kind": "What it is"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "countries" in self.fields:  # a viewer's form has no fields
            self.fields["countries"].choices = country_options()  # type: ignore[attr-defined]
        self.initial["countries"] = [place for place in self.instance.places if ":" not in place]
        self.initial["states"] = ", ".join(place for place in self.instance.places if ":" in place)

    def _wrote(self, name: str) -> str | None:
        if name == "states" and name in self.cleaned_data:
            return self._mark(name, ", ".join(self.cleaned_data[name]))
        return super()._wrote(name)

    def clean_states(self) -> list[str]:
        found = []
        for written in str(self.cleaned_data["states"]).split(","):
            if not written.strip():
                continue
            country, colon, state = (part.strip() for part in written.partition(":"))
            if not colon or not state or len(state) > LONGEST_STATE:
                raise forms.ValidationError(f"“{written.strip()}” is no state. Write country:state, such as US:AK.")
            if country.upper() not in countries():
                raise forms.ValidationError(f"“{country}” is no country. Write its two letters, such as US.")
            found.append(place_of(country, state_key(country, state)))
        return list(dict.fromkeys(found))

    def clean(self) -> dict[str, Any] | None:
        found = super().clean()
        given = self.cleaned_data
        kind = given.get("kind")
        chosen, states = given.get("countries") or [], given.get("states") or []
        if kind == Kind.PLACES and not chosen and not states and not self.errors.keys() & {"countries", "states"}:
            self.add_error("countries", "Choose the countries of this zone, or write its states.")
        if kind in (Kind.ELSEWHERE, Kind.PICKUP) and (chosen or states):
            self.add_error("countries", "Only a zone of countries and states has any. Leave them out.")
        others = ShippingZone.objects.exclude(pk=self.instance.pk)
        if kind == Kind.ELSEWHERE and others.filter(kind=Kind.ELSEWHERE).exists():
            self.add_error("kind", "There is a zone for the rest of the world already.")
        for field, places in (("countries", chosen), ("states", states)):
            for zone in others.filter(kind=Kind.PLACES) if places else ():
                both = {place.casefold() for place in places} & {place.casefold() for place in zone.places}
                if both:
                    named = ", ".join(sorted(place.upper() for place in both))
                    self.add_error(field, f"{named} is in the zone “{zone.name}” already. A place has one zone.")
        self.instance.places = [*chosen, *states]
        return found


class RateForm(ToldForm):
    class Meta:
        labels = {
            "min_total": "From total",
            "max_total": "Below total",
            "days_from": "Days from",
            "days_to": "Days to",
        }

    def clean(self) -> dict[str, Any] | None:
        found = super().clean()
        for field in ("amount", "free_above", "min_weight", "max_weight", "min_total", "max_total"):
            value = self.cleaned_data.get(field)
            if value is not None and value < 0:
                self.add_error(field, "This cannot be less than 0.")
        for low, high in (("min_weight", "max_weight"), ("min_total", "max_total")):
            begins, ends = self.cleaned_data.get(low), self.cleaned_data.get(high)
            if ends is not None and ends <= (begins or 0):
                self.add_error(high, "It ends before it begins.")
        self._check_days()
        return found

    def _check_days(self) -> None:
        """One number is both; none is said, or as many working days as a year has at most."""
        given = self.cleaned_data
        first, last = cast("int | None", given.get("days_from")), cast("int | None", given.get("days_to"))
        said = [days for days in (first, last) if days is not None]
        if not said:
            return
        lowest, highest = said[0], said[-1]
        given["days_from"], given["days_to"] = lowest, highest
        if lowest < 0 or highest > LONGEST_DAYS:
            field = "days_from" if lowest < 0 else "days_to"
            self.add_error(field, f"Choose from 0 to {LONGEST_DAYS} working days.")
        elif highest < lowest:
            self.add_error("days_to", "It ends before it begins.")


class RateFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        """Rates of one name are bands of one way to deliver: an order may fit one of them only."""
        super().clean()
        seen: list[dict[str, Any]] = []
        for form in self.forms:
            band = getattr(form, "cleaned_data", {})
            if not band.get("name") or band.get("DELETE") or form.errors:
                continue
            for other in seen:
                if _overlap(band, other):
                    form.add_error(
                        "name",
                        f"An order could cost this or {other['amount']} under the same name: the weights and totals of "
                        "the two overlap. Let one end where the other begins, or give it another name.",
                    )
            seen.append(band)


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if one["name"].strip().casefold() != other["name"].strip().casefold():
        return False
    return all(
        _from(one[low]) < _below(other[high]) and _from(other[low]) < _below(one[high])
        for low, high in (("min_weight", "max_weight"), ("min_total", "max_total"))
    )


def _from(limit: Decimal | None) -> Decimal:
    return Decimal(0) if limit is None else limit


def _below(limit: Decimal | None) -> Decimal:
    return Decimal("Infinity") if limit is None else limit


class RateInline(ShopInline):
    model = ShippingZoneRate
    form = RateForm
    formset = RateFormSet
    fields = (
        "name",
        "note",
        "amount",
        "free_above",
        "min_weight",
        "max_weight",
        "min_total",
        "max_total",
        "days_from",
        "days_to",
        "position",
    )
    verbose_name = "rate"
    verbose_name_plural = "rates (limits are of weight and of the goods' total; left empty: any. Days are working days)"


@admin.register(ShippingZone, site=backoffice)
class ShippingZoneAdmin(ShopAdmin):
    form = ZoneForm
    inlines = (RateInline,)
    list_display = ("name", "kind", "where", "position")
    list_filter = ("kind",)
    search_fields = ("name",)
    ordering = ("position", "id")
    fields = ("name", "kind", "countries", "states", "position")

    class Media:
        css = {"all": ("css/backoffice/named-rows.css",)}

    def get_fields(self, request: HttpRequest, obj: ShippingZone | None = None) -> Any:
        """Who only looks reads where it is; countries and states are fields of the form."""
        if obj is not None and not self.has_change_permission(request, obj):
            return ("name", "kind", "everywhere", "position")
        return super().get_fields(request, obj)

    @display(description="Where")
    def everywhere(self, zone: ShippingZone) -> str:
        return ", ".join(_named(zone)) or "-"

    @display(description="Where")
    def where(self, zone: ShippingZone) -> str:
        named = _named(zone)
        more = len(named) - FIRST_COUNTRIES
        return ", ".join(named[:FIRST_COUNTRIES]) + (f" and {more} more" if more > 0 else "") or "-"


def _named(zone: ShippingZone) -> list[str]:
    """Countries by name, states as they are written."""
    return [place if ":" in place else formats.country(place) for place in zone.places]
