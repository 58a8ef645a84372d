"""Tax rates as the merchant enters them."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.taxes.classes import BUILT_IN, CLASS_PATTERN, LONGEST_CLASS, STANDARD, ZERO, check_tax_class


class TaxRate(models.Model):
    """What goods of a class pay when they are delivered to a country, or to a state of it.

    Triggers keep the setting `tax_rates` from these rows: every page reads the settings anyway.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    country = models.CharField(
        max_length=2, blank=True, help_text="ISO 3166-1 alpha-2; empty: all countries but the shop's own."
    )
    state = models.CharField(max_length=100, blank=True, help_text="As addresses have it; empty: the whole country.")
    tax_class = models.CharField(
        max_length=LONGEST_CLASS, default=STANDARD, db_default=STANDARD, validators=[check_tax_class]
    )
    rate = models.DecimalField(max_digits=7, decimal_places=6, help_text="0.19 for 19 %.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "tax_rates"
        ordering = ["country", "state", "tax_class"]
        constraints = [
            models.UniqueConstraint(fields=["country", "state", "tax_class"], name="tax_rates_place_class_key"),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lt=1), name="tax_rates_rate_check"),
            models.CheckConstraint(condition=Q(country__regex=r"^([A-Z]{2})?$"), name="tax_rates_country_check"),
            models.CheckConstraint(condition=Q(state="") | ~Q(country=""), name="tax_rates_state_check"),
            models.CheckConstraint(
                condition=Q(tax_class__regex=CLASS_PATTERN) & (~Q(tax_class=ZERO) | Q(rate=0)),
                name="tax_rates_class_check",
            ),
        ]

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.country or "Everywhere else", self.state) if part)
        return f"{place}: {self.tax_class}"


def known_classes(*, chosen: str = "") -> list[tuple[str, str]]:
    """The classes that goods may have, as choices: the built-in ones and those that a rate names. One statement.

    `chosen` is among them although no rate names it, because it was deleted or came with an import: whoever saves
    something else keeps it. There, `standard` is what such goods pay.
    """
    named = TaxRate.objects.exclude(tax_class__in=BUILT_IN).order_by("tax_class").values_list("tax_class", flat=True)
    known = [*BUILT_IN.items(), *((name, name) for name in named.distinct())]
    if chosen and chosen not in dict(known):
        known.append((chosen, f"{chosen} (no rate of its own)"))
    return known


def has_no_rate(tax_class: str) -> bool:
    """Whether a class of the merchant's own pays the rate of `standard` everywhere, as no rate names it."""
    return tax_class not in BUILT_IN and not TaxRate.objects.filter(tax_class=tax_class).exists()
