from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from platform_core.tenants.slugs import LONGEST_DATABASE_NAME_BYTES, PLATFORM_DATABASE_SLUGS, SLUG_PATTERN
from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7

# RFC 1123 labels, at least two, with dots between them.
DOMAIN_PATTERN = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"


class TenantStatus(models.TextChoices):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    PENDING_SETUP = "pending_setup"
    CANCELLED = "cancelled"


class TenantAvailability(models.TextChoices):
    OPEN = "open"
    MAINTENANCE = "maintenance"
    MOVING = "moving"


class PlanType(models.TextChoices):
    BASIC = "basic"
    PREMIUM = "premium"
    ENTERPRISE = "enterprise"


class Tenant(models.Model):
    """A merchant and the one database that holds the shop.

    `status` is the merchant's standing, `availability` what is being done to the database. A move or a restore gives
    the shop another database and raises `epoch`, so that no process confuses the two.
    """

    Status = TenantStatus
    Availability = TenantAvailability

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    slug = models.CharField(max_length=50, help_text="The shop answers at <slug>.<platform domain>.")
    name = models.CharField(max_length=255)
    domain = models.CharField(max_length=255, null=True, blank=True, help_text="The shop's own domain, lower case.")
    subdomain = models.CharField(max_length=50, null=True, blank=True)
    status = models.CharField(
        max_length=20,
        choices=TenantStatus,
        default=TenantStatus.PENDING_SETUP,
        db_default=TenantStatus.PENDING_SETUP,
    )
    plan_type = models.CharField(
        max_length=20, choices=PlanType, default=PlanType.BASIC, db_default=PlanType.BASIC, verbose_name="plan"
    )
    server = models.ForeignKey(
        "platform_core.DatabaseServer",
        models.PROTECT,
        to_field="key",
        db_column="server",
        db_index=False,
        default="primary",
        db_default="primary",
        related_name="tenants",
        help_text="The PostgreSQL server that holds the shop's database, by its key.",
    )
    region = models.CharField(
        max_length=50,
        default="",
        db_default="",
        blank=True,
        help_text="Only servers of this region may hold the shop's data; empty: any.",
    )
    database_name = models.CharField(max_length=100)
    epoch = models.IntegerField(default=1, db_default=1, help_text="Which database of this shop is the current one.")
    availability = models.CharField(
        max_length=20,
        choices=TenantAvailability,
        default=TenantAvailability.OPEN,
        db_default=TenantAvailability.OPEN,
    )
    schema_version = models.CharField(
        max_length=100, default="", db_default="", blank=True, help_text="The newest migration of the shop's database."
    )
    currency = models.CharField(max_length=3, default="USD", db_default="USD", help_text="ISO 4217 code.")
    timezone = models.CharField(max_length=50, default="UTC", db_default="UTC", help_text="IANA time zone name.")
    country = models.CharField(max_length=2, default="US", db_default="US", help_text="ISO 3166-1 alpha-2 code.")

    contact_email = models.CharField(max_length=255)
    contact_phone = models.CharField(max_length=20, null=True, blank=True)
    contact_name = models.CharField(max_length=255, null=True, blank=True)

    theme_config = models.JSONField(default=dict, db_default={}, blank=True)
    feature_flags = models.JSONField(default=dict, db_default={}, blank=True)
    settings = models.JSONField(default=dict, db_default={}, blank=True)

    billing_email = models.CharField(max_length=255, null=True, blank=True)
    tax_id = models.CharField(max_length=100, null=True, blank=True)
    billing_address = models.JSONField(null=True, blank=True)

    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    activated_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)

    metadata = models.JSONField(default=dict, db_default={}, blank=True)

    support_may_enter = models.BooleanField(
        default=True, db_default=True, help_text="Whether operators may log in in the place of the shop's people."
    )
    staff_two_factor = models.BooleanField(
        default=False, db_default=False, help_text="Whether the shop's people need two-factor log-in."
    )

    sandbox_of = models.UUIDField(null=True, blank=True, help_text="The shop that this one is a copy of, to try out.")
    sandbox_until = models.DateTimeField(null=True, blank=True, help_text="A sandbox is closed then.")

    class Meta:
        db_table = "tenants"
        verbose_name = "shop"
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="tenants_slug_key"),
            models.UniqueConstraint(fields=["domain"], name="tenants_domain_key"),
            models.UniqueConstraint(fields=["subdomain"], name="tenants_subdomain_key"),
            models.UniqueConstraint(fields=["database_name"], name="tenants_database_name_key"),
            models.UniqueConstraint(
                fields=["sandbox_of"], condition=~Q(status="cancelled"), name="tenants_one_sandbox_per_shop"
            ),
            models.CheckConstraint(condition=Q(status__in=TenantStatus.values), name="tenants_status_check"),
            models.CheckConstraint(condition=Q(plan_type__in=PlanType.values), name="tenants_plan_type_check"),
            models.CheckConstraint(
                condition=Q(availability__in=TenantAvailability.values), name="tenants_availability_check"
            ),
            models.CheckConstraint(condition=Q(slug__regex=SLUG_PATTERN), name="tenants_slug_label"),
            models.CheckConstraint(condition=~Q(slug__in=PLATFORM_DATABASE_SLUGS), name="tenants_slug_reserved"),
            models.CheckConstraint(condition=Q(subdomain__regex=SLUG_PATTERN), name="tenants_subdomain_label"),
            models.CheckConstraint(condition=Q(domain__regex=DOMAIN_PATTERN), name="tenants_domain_host"),
            models.CheckConstraint(
                condition=Q(database_name__regex=rf"^[a-z][a-z0-9_]{{0,{LONGEST_DATABASE_NAME_BYTES - 1}}}$"),
                name="tenants_database_name_plain",
            ),
            models.CheckConstraint(condition=Q(epoch__gte=1), name="tenants_epoch_counts_from_one"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="tenants_currency_iso4217"),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="tenants_country_iso3166"),
        ]
        indexes = [
            models.Index(fields=["slug"], name="idx_tenants_slug"),
            models.Index(fields=["domain"], name="idx_tenants_domain"),
            models.Index(fields=["status"], name="idx_tenants_status"),
            models.Index(fields=["plan_type"], name="idx_tenants_plan_type"),
            models.Index(fields=["created_at"], name="idx_tenants_created_at"),
            models.Index(fields=["server"], name="idx_tenants_server"),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def is_active(self) -> bool:
        return self.status == TenantStatus.ACTIVE

    @property
    def is_cancelled(self) -> bool:
        return self.status == TenantStatus.CANCELLED
