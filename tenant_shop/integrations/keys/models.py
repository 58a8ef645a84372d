"""The keys of a shop."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.api.keys.rules import KeyRules
from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class ApiKey(KeyRules, models.Model):
    """A key to the shop's API. Its secret was shown once to whoever made it; here is a digest that opens nothing.

    A secret key may do what its scopes say, nothing when it has none. A publishable one stands in pages that everybody
    can read: it sees what shoppers see and works on carts, whatever it is asked for (docs/api/keys.md).
    """

    class Kind(models.TextChoices):
        SECRET = "secret"  # noqa: S105 - a word
        PUBLISHABLE = "publishable"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    name = models.CharField(max_length=100, help_text="What the program is called that has it.")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.SECRET, db_default="secret")
    is_test = models.BooleanField(default=False, db_default=False, help_text="Works while the shop is in test mode.")
    prefix = models.CharField(max_length=24, help_text="The beginning of the secret, to know it by.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the shop's id and the secret, in hexadecimal.")
    scopes = ArrayField(models.TextField(), default=list, db_default=[], help_text="Such as read_orders.")
    networks = ArrayField(models.TextField(), default=list, db_default=[], help_text="CIDR; none: from anywhere.")
    origins = ArrayField(models.TextField(), default=list, db_default=[], help_text="Of web pages that may use it.")
    created_by = models.CharField(max_length=36, default="", db_default="", help_text="A user's id.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="Within some minutes.")

    class Meta:
        db_table = "api_keys"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["prefix"], name="api_keys_prefix_key"),
            models.CheckConstraint(condition=~Q(name=""), name="api_keys_name_check"),
            models.CheckConstraint(condition=Q(kind__in=["secret", "publishable"]), name="api_keys_kind_check"),
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="api_keys_digest_check"),
            models.CheckConstraint(condition=Q(kind="secret") | Q(scopes=[]), name="api_keys_publishable_check"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_publishable(self) -> bool:
        return self.kind == self.Kind.PUBLISHABLE
