"""Shipping zones and their rates, as the merchant enters them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7

LONGEST_DAYS = 365


class ShippingZone(models.Model):
    """Places that are delivered to at the same rates; or a place where goods are picked up.

    Triggers keep the setting `shipping_zones` from zones and rates: every page reads the settings anyway. A shop
    without zones delivers by the setting `shipping_rates`.
    """

    class Kind(models.TextChoices):
        PLACES = "places", "Countries and states"
        ELSEWHERE = "elsewhere", "Rest of the world"
        PICKUP = "pickup", "Pick-up"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    name = models.CharField(max_length=100, help_text="For you; shoppers see the names of the rates.")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PLACES, db_default=Kind.PLACES)
    places = ArrayField(
        models.CharField(max_length=103),
        default=list,
        db_default=[],
        blank=True,
        help_text="ISO 3166-1 alpha-2, with a colon and the state for a part of a country: DE, US:CA.",
    )
    position = models.IntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "shipping_zones"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["name"], name="shipping_zones_name_key"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind="elsewhere"), name="shipping_zones_one_elsewhere"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["places", "elsewhere", "pickup"]), name="shipping_zones_kind_check"
            ),
            models.CheckConstraint(
                condition=Q(kind="places", places__len__gt=0) | (~Q(kind="places") & Q(places=[])),
                name="shipping_zones_places_check",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ShippingZoneRate(models.Model):
    """A way to deliver to a zone. Amounts are in the shop's currency, weights in grams.

    It holds from `min_weight` and `min_total` on and below `max_weight` and `max_total`; the total is that of the goods
    before discounts.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    zone = models.ForeignKey(ShippingZone, models.CASCADE, related_name="rates", db_index=False, db_constraint=False)
    name = models.CharField(max_length=100, help_text="What shoppers choose, such as Standard delivery.")
    note = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="Such as 2 to 3 working days."
    )
    amount = models.DecimalField(max_digits=13, decimal_places=3)
    free_above = models.DecimalField(max_digits=13, decimal_places=3, null=True, blank=True)
    min_weight = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    max_weight = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    min_total = models.DecimalField(max_digits=13, decimal_places=3, null=True, blank=True)
    max_total = models.DecimalField(max_digits=13, decimal_places=3, null=True, blank=True)
    days_from = models.SmallIntegerField(
        null=True, blank=True, help_text="Working days until it arrives, or is ready to be picked up, at the earliest."
    )
    days_to = models.SmallIntegerField(null=True, blank=True, help_text="At the latest.")
    position = models.IntegerField(default=0, db_default=0)

    class Meta:
        db_table = "shipping_zone_rates"
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["zone"], name="idx_shipping_zone_rates_zone")]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0)
                & (Q(free_above=None) | Q(free_above__gte=0))
                & (Q(min_weight=None) | Q(min_weight__gte=0))
                & (Q(min_total=None) | Q(min_total__gte=0)),
                name="shipping_zone_rates_amounts_check",
            ),
            models.CheckConstraint(
                condition=(
                    Q(max_weight=None)
                    | (Q(max_weight__gt=0) & (Q(min_weight=None) | Q(max_weight__gt=F("min_weight"))))
                )
                & (Q(max_total=None) | (Q(max_total__gt=0) & (Q(min_total=None) | Q(max_total__gt=F("min_total"))))),
                name="shipping_zone_rates_bands_check",
            ),
            models.CheckConstraint(
                condition=Q(days_from=None, days_to=None)
                | Q(days_from__gte=0, days_to__gte=F("days_from"), days_to__lte=LONGEST_DAYS),
                name="shipping_zone_rates_days_check",
            ),
        ]

    def __str__(self) -> str:
        return self.name
