"""What a merchant wants to know of products, customers and orders besides what every shop does."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7

# By it a value is found in a row's JSON, in indexes and by readers of the API: it is never changed.
KEY_PATTERN = r"^[a-z][a-z0-9_]{0,39}$"
LONGEST_NAME = 60


class CustomField(models.Model):
    """A field of the merchant's own. Its values are in `metadata["fields"][key]` of the rows of its owner's table.

    `name` may change, `owner`, `kind` and `key` never do. `choices` are what a field of that kind takes. Of the index
    `is_indexed` is what is wanted, `index_state` and `index_problem` are what became of it.
    """

    class Owner(models.TextChoices):
        PRODUCT = "product", "Products"
        CUSTOMER = "customer", "Customers"
        ORDER = "order", "Orders"

    class Kind(models.TextChoices):
        TEXT = "text"
        NUMBER = "number"
        DATE = "date"
        CHOICE = "choice", "One of several"
        BOOLEAN = "boolean", "Yes or no"

    class IndexState(models.TextChoices):
        NONE = "none"
        WAITING = "waiting", "being made"
        READY = "ready"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    owner = models.CharField(max_length=10, choices=Owner)
    key = models.CharField(max_length=40, editable=False)
    name = models.CharField(max_length=LONGEST_NAME)
    kind = models.CharField(max_length=10, choices=Kind)
    choices = ArrayField(models.TextField(), default=list, db_default=[], blank=True)
    is_required = models.BooleanField(default=False, db_default=False)
    in_storefront = models.BooleanField(default=False, db_default=False)
    in_filters = models.BooleanField(default=False, db_default=False)
    in_api = models.BooleanField(default=False, db_default=False)
    position = models.PositiveIntegerField(default=0, db_default=0)
    is_indexed = models.BooleanField(default=False, db_default=False, editable=False)
    index_state = models.CharField(
        max_length=10, choices=IndexState, default=IndexState.NONE, db_default="none", editable=False
    )
    index_problem = models.TextField(default="", db_default="", blank=True, editable=False)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "custom_fields"
        ordering = ["owner", "position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "key"], name="custom_fields_owner_key_key"),
            models.UniqueConstraint(fields=["owner", "name"], name="custom_fields_owner_name_key"),
            models.CheckConstraint(
                condition=Q(owner__in=["product", "customer", "order"]), name="custom_fields_owner_check"
            ),
            models.CheckConstraint(condition=Q(key__regex=KEY_PATTERN), name="custom_fields_key_check"),
            models.CheckConstraint(condition=~Q(name=""), name="custom_fields_name_check"),
            models.CheckConstraint(
                condition=Q(kind__in=["text", "number", "date", "choice", "boolean"]), name="custom_fields_kind_check"
            ),
            models.CheckConstraint(condition=~Q(kind="choice", choices=[]), name="custom_fields_choices_check"),
            models.CheckConstraint(
                condition=Q(owner="product") | Q(in_storefront=False), name="custom_fields_in_storefront_check"
            ),
            models.CheckConstraint(
                condition=Q(index_state__in=["none", "waiting", "ready", "failed"]),
                name="custom_fields_index_state_check",
            ),
        ]

    def __str__(self) -> str:
        return self.name
