"""The forms of a product and of its variants."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from platform_core.plans.limits import PlanLimitReached
from tenant_shop.backoffice.details_fields import FeaturesField, SpecificationsField
from tenant_shop.backoffice.options import OptionsField
from tenant_shop.backoffice.pictures import PicturesField, check_room_for
from tenant_shop.backoffice.places import country_options
from tenant_shop.backoffice.told_form import ToldForm
from tenant_shop.backoffice.variant_tools import VariantTools
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.pictures.read import CleanPicture
from tenant_shop.catalog.room import check_product_room
from tenant_shop.catalog.scheduled.models import ScheduledChange
from tenant_shop.catalog.skus import check_sku
from tenant_shop.taxes.classes import STANDARD
from tenant_shop.taxes.models import known_classes

# PostgreSQL's integer has room for two thousand million; nobody counts that far.
LARGEST_COUNT = 1_000_000
CODE = re.compile(r"\d{4,12}")


class SkuForm(ToldForm):
    """A product or a variant: its SKU may be used within one product only."""

    def clean_sku(self) -> str:
        sku = str(self.cleaned_data["sku"]).strip()
        check_sku(sku, product_id=getattr(self.instance, "product_id", None) or self.instance.pk)
        return sku


class ProductForm(VariantTools, SkuForm):
    new_pictures = PicturesField(
        required=False,
        label=_("Add pictures"),
        help_text=_("Several at once, if you like: JPEG, PNG, WebP, AVIF or GIF."),
    )
    specifications = SpecificationsField(
        label="Specifications",
        help_text="One a line, as in “Material: Cotton”. Several values: “Material: Cotton | Linen”. Shoppers see them "
        "as a table, and filter lists by them.",
    )
    features = FeaturesField(label="Features", help_text="One sentence a line. Shoppers see them as a list.")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "tax_class" in self.fields:  # a viewer's form has no fields
            self.fields["tax_class"] = forms.ChoiceField(
                label="Tax class",
                required=False,
                choices=known_classes(chosen=self.instance.tax_class),
                widget=UnfoldAdminSelectWidget,
                help_text="Which tax rate holds. Classes of your own are named where tax rates are entered.",
            )
        if "origin_country" in self.fields:
            self.fields["origin_country"] = forms.ChoiceField(
                label="Country of origin",
                required=False,
                choices=[("", "not said"), *country_options()],
                widget=UnfoldAdminSelectWidget,
                help_text="Where it was made.",
            )

    def clean_tax_class(self) -> str:
        return self.cleaned_data["tax_class"] or STANDARD

    def clean_customs_code(self) -> str:
        code = re.sub(r"[\s.]", "", str(self.cleaned_data["customs_code"] or ""))
        if code and not CODE.fullmatch(code):
            raise ValidationError("A customs code has 4 to 12 digits, as in 6109.10.00.", code="malformed")
        return code

    def clean_new_pictures(self) -> list[CleanPicture]:
        pictures: list[CleanPicture] = self.cleaned_data["new_pictures"]
        if pictures:
            check_room_for(pictures)
        return pictures

    def clean_published_at(self) -> datetime | None:
        published_at: datetime | None = self.cleaned_data["published_at"]
        if published_at is not None and published_at > timezone.now():
            raise ValidationError(
                "This date is still to come. Enter when it goes on sale under “What happens later”.", code="future"
            )
        return published_at

    def clean(self) -> dict[str, Any] | None:
        """A product that is new or leaves the archive needs room in the plan; asked only once the rest is well."""
        found = super().clean()
        comes = self.instance._state.adding or self.initial.get("status") == Product.Status.ARCHIVED
        if comes and not self.errors and self.cleaned_data.get("status") != Product.Status.ARCHIVED:
            try:
                check_product_room()
            except PlanLimitReached as error:
                raise ValidationError(str(error), code=error.code) from error
        return found

    class Meta:
        labels = {
            "slug": "Address",
            "sku": "SKU",
            "compare_at_price": "Price before",
            "cost_price": "Cost",
            "customs_code": "Customs code (HS)",
            "meta_title": "Title for search engines",
            "meta_description": "Description for search engines",
        }
        help_texts = {
            "meta_title": "Empty: the name of the product.",
            "meta_description": "Empty: the short description. Search engines show about 155 characters.",
        }
        widgets = {
            "short_description": UnfoldAdminTextareaWidget(attrs={"rows": 2}),
            "meta_description": UnfoldAdminTextareaWidget(attrs={"rows": 2}),
            "tags": UnfoldAdminTextInputWidget(),
        }


class VariantForm(SkuForm):
    """A variant. What its `quantity` is changed by moves its stock; what was sold meanwhile stays sold."""

    options = OptionsField()
    quantity = forms.IntegerField(
        required=False,
        min_value=-LARGEST_COUNT,
        max_value=LARGEST_COUNT,
        show_hidden_initial=True,
        label="In stock",
        widget=UnfoldAdminIntegerFieldWidget,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "quantity" in self.fields:
            self.initial["quantity"] = 0 if self.instance._state.adding else self.instance.inventory_quantity
        if "sku" in self.fields:
            self.fields["sku"].required = False

    def clean_sku(self) -> str | None:  # type: ignore[override]
        """Left empty, it is made of the product's when the variant is saved; none, so that two may be empty."""
        return super().clean_sku() if str(self.cleaned_data["sku"] or "").strip() else None

    @property
    def delta(self) -> int:
        """By how many pieces the quantity was changed on the page."""
        wanted = self.cleaned_data.get("quantity")
        if wanted is None or "quantity" not in self.fields:
            return 0
        return int(wanted) - self._shown_quantity()

    def _shown_quantity(self) -> int:
        shown = self.data.get(self.add_initial_prefix("quantity"))
        return int(self.fields["quantity"].clean(self.initial["quantity"] if shown in (None, "") else shown))

    @property
    def _is_stock_limited(self) -> bool:
        try:
            return bool(self.instance.product.is_stock_limited)
        except Product.DoesNotExist:  # it is only being added: nothing of it can be missing yet
            return True

    def clean_quantity(self) -> int | None:
        wanted: int | None = self.cleaned_data["quantity"]
        try:
            by = 0 if wanted is None else wanted - self._shown_quantity()
        except ValidationError as error:
            raise ValidationError("Open the page anew: what it showed cannot be read.", code="malformed") from error
        there = 0 if self.instance._state.adding else self.instance.inventory_quantity
        if by < 0 and there + by < 0 and self._is_stock_limited:
            raise ValidationError(f"There are {there}: {-by} cannot be taken away.", code="below_zero")
        return wanted

    class Meta:
        labels = {
            "sku": "SKU",
            "compare_at_price": "Price before",
            "cost_price": "Cost",
            "is_active": "On sale",
            "image": "Picture",
        }


class ScheduledForm(ToldForm):
    """A change that waits for its moment."""

    def clean_due_at(self) -> datetime:
        due: datetime = self.cleaned_data["due_at"]
        if "due_at" in self.changed_data and due <= timezone.now():
            raise ValidationError("Choose a moment that is still to come.", code="past")
        return due

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        price: Decimal | None = given.get("price")
        before: Decimal | None = given.get("compare_at_price")
        if given.get("kind") == ScheduledChange.Kind.PRICE:
            if price is None and "price" not in self.errors:
                self.add_error("price", "Say which price holds from then on.")
        elif given.get("kind") and (price is not None or before is not None):
            self.add_error("kind", "Prices go with “Change the price”. Leave them empty, or choose that.")
        return given

    class Meta:
        labels = {"due_at": "When", "kind": "What", "price": "New price", "compare_at_price": "Price before"}
