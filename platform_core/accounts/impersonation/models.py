from datetime import datetime, timedelta

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q

from platform_core.accounts.models import PlatformUser
from platform_core.tenants.called import known, shop_of
from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7

LONGEST = timedelta(hours=1)


class Impersonation(models.Model):
    """One visit of an operator in one of the shop's people's place. It ends by itself, and is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    operator = models.ForeignKey(PlatformUser, models.PROTECT, db_index=False, related_name="+")
    person = models.ForeignKey(
        PlatformUser, models.PROTECT, db_index=False, related_name="+", help_text="In whose place."
    )
    tenant = models.ForeignKey("platform_core.Tenant", models.CASCADE, db_index=False, related_name="+")
    reason = models.CharField(max_length=500, help_text="The merchant reads it.")
    started_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When somebody ended it before its time.")

    class Meta:
        db_table = "impersonations"
        verbose_name = "visit"
        ordering = ["-started_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("started_at"), expires_at__lte=F("started_at") + timedelta(hours=1)),
                name="impersonations_an_hour_at_most",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="impersonations_have_a_reason"),
            models.CheckConstraint(condition=~Q(operator=F("person")), name="impersonations_of_somebody_else"),
        ]
        indexes = [
            models.Index(fields=["tenant", "-started_at"], name="idx_impersonations_tenant"),
            models.Index(fields=["operator", "-started_at"], name="idx_impersonations_operator"),
        ]

    def __str__(self) -> str:
        return f"{known(self, 'operator')} as {known(self, 'person')} in {shop_of(self)}"

    def is_running(self, at: datetime) -> bool:
        """Whether the operator may be inside at `at`."""
        return self.ended_at is None and self.expires_at > at
