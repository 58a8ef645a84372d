"""Answers that are kept for whoever did not get them."""

from django.db import models
from django.db.models import Q

from smartseller.api.kept import KeptAnswer
from tenant_shop.integrations.keys.models import ApiKey


class IdempotentCall(KeptAnswer):
    """A call of the shop's API that named itself."""

    key = models.ForeignKey(ApiKey, models.CASCADE, db_constraint=False, db_index=False, related_name="+")

    class Meta:
        db_table = "api_idempotency"
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["expires_at"], name="idx_api_idempotency_expires")]
        constraints = [
            models.UniqueConstraint(fields=["key", "name"], name="api_idempotency_key_name_key"),
            models.CheckConstraint(condition=~Q(name=""), name="api_idempotency_name_check"),
            models.CheckConstraint(
                condition=Q(status__isnull=False) | Q(leased_until__isnull=False), name="api_idempotency_state_check"
            ),
        ]
