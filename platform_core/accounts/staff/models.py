from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from platform_core.accounts.models import AccessRole, LoginEmailField, PlatformUser
from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class InvitationQuerySet(models.QuerySet["TenantInvitation"]):
    def open(self) -> Self:
        """Those that can still be accepted."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=Now())


class TenantInvitation(models.Model):
    """An address that was asked to join a shop's people. The link in the mail carries `key`: a new one ends the old."""

    GOOD_FOR = timedelta(days=7)

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    tenant = models.ForeignKey("platform_core.Tenant", models.CASCADE, db_index=False, related_name="invitations")
    email = LoginEmailField(max_length=255)
    role = models.CharField(max_length=50, choices=AccessRole, default=AccessRole.VIEWER, db_default=AccessRole.VIEWER)
    access_expires_at = models.DateTimeField(
        null=True, blank=True, help_text="When the access that is offered ends; empty: never."
    )
    key = models.CharField(max_length=64, help_text="Names the newest link.")
    invited_by = models.ForeignKey(
        PlatformUser, models.PROTECT, null=True, db_column="invited_by", db_index=False, related_name="+"
    )
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True, help_text="When the newest link was mailed.")
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["TenantInvitation"]] = InvitationQuerySet.as_manager()

    class Meta:
        db_table = "tenant_invitations"
        verbose_name = "invitation"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="tenant_invitations_one_at_a_time",
            ),
            models.CheckConstraint(condition=Q(role__in=AccessRole.values), name="tenant_invitations_role_check"),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None), name="tenant_invitations_one_end"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="tenant_invitations_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.role} in {self.tenant_id}"

    def is_open(self, at: datetime) -> bool:
        """Whether it can be accepted at `at`."""
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > at
