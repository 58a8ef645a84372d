import secrets

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7

# The same as of `tenants.domain`: RFC 1123 labels, at least two, with dots between them.
DOMAIN_PATTERN = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"


def new_token() -> str:
    """What only the merchant who claims a domain can write into its zone."""
    return secrets.token_hex(16)


class DomainState(models.TextChoices):
    PENDING = "pending", "Waiting for proof"
    VERIFIED = "verified", "In use"
    PAUSED = "paused", "Resting: not in the plan"
    LOST = "lost", "Proof is gone"


class TenantDomain(models.Model):
    """A domain that a merchant says is the shop's. Until it is proven it means nothing, so that several may claim one;
    proven it is one shop's. The primary one is in `tenants.domain`, where hosts are looked up; the others lead there.
    """

    State = DomainState

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    tenant = models.ForeignKey("platform_core.Tenant", models.CASCADE, db_index=False, related_name="domains")
    domain = models.CharField(max_length=253, help_text="Lower case, in ASCII (IDNA).")
    state = models.CharField(
        max_length=20, choices=DomainState, default=DomainState.PENDING, db_default=DomainState.PENDING
    )
    token = models.CharField(max_length=64, default=new_token, help_text="What the TXT record says.")
    proof = models.CharField(max_length=10, default="", db_default="", blank=True, help_text="TXT or CNAME.")
    problem = models.CharField(
        max_length=200, default="", db_default="", blank=True, help_text="Why the last look found no proof."
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(
        null=True, blank=True, help_text="Since when a proven domain's proof has not been there."
    )
    due_at = models.DateTimeField(db_default=CurrentTimestamp(), help_text="When it is to be looked at next.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "tenant_domains"
        ordering = ["domain"]
        indexes = [
            models.Index(fields=["due_at"], name="idx_tenant_domains_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "domain"], name="tenant_domains_once_a_tenant"),
            models.UniqueConstraint(
                fields=["domain"], condition=Q(state__in=["verified", "paused"]), name="tenant_domains_one_owner"
            ),
            models.CheckConstraint(condition=Q(state__in=DomainState.values), name="tenant_domains_state_check"),
            models.CheckConstraint(condition=Q(domain__regex=DOMAIN_PATTERN), name="tenant_domains_domain_check"),
            models.CheckConstraint(condition=~Q(token=""), name="tenant_domains_token_check"),
        ]

    def __str__(self) -> str:
        return self.domain
