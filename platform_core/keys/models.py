from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.api.kept import KeptAnswer
from smartseller.api.keys.rules import KeyRules
from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class UserKey(KeyRules, models.Model):
    """A key to the platform's API. It does what its scopes say and its owner may do, nothing when it has none.

    Its secret was shown once to whoever made it; here is a digest that opens nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    user = models.ForeignKey("platform_core.PlatformUser", models.CASCADE, db_index=False, related_name="+")
    name = models.CharField(max_length=100, help_text="What the program is called that has it.")
    prefix = models.CharField(max_length=24, help_text="The beginning of the secret, to know it by.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the user's id and the secret, in hexadecimal.")
    scopes = ArrayField(models.TextField(), default=list, db_default=[], help_text="Such as read_shops.")
    networks = ArrayField(models.TextField(), default=list, db_default=[], help_text="CIDR; none: from anywhere.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="Within some minutes.")

    class Meta:
        db_table = "user_keys"
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["user"], name="idx_user_keys_user")]
        constraints = [
            models.UniqueConstraint(fields=["prefix"], name="user_keys_prefix_key"),
            models.CheckConstraint(condition=~Q(name=""), name="user_keys_name_check"),
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="user_keys_digest_check"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class UserCall(KeptAnswer):
    """A call of the platform's API that named itself."""

    key = models.ForeignKey(UserKey, models.CASCADE, db_constraint=False, db_index=False, related_name="+")

    class Meta:
        db_table = "user_calls"
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["expires_at"], name="idx_user_calls_expires")]
        constraints = [
            models.UniqueConstraint(fields=["key", "name"], name="user_calls_key_name_key"),
            models.CheckConstraint(condition=~Q(name=""), name="user_calls_name_check"),
            models.CheckConstraint(
                condition=Q(status__isnull=False) | Q(leased_until__isnull=False), name="user_calls_state_check"
            ),
        ]
