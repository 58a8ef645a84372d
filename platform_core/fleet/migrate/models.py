from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from platform_core.tenants.called import shop_of
from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class MigrationKind(models.TextChoices):
    MIGRATE = "migrate"
    ROLL_BACK = "roll_back"


class MigrationRunState(models.TextChoices):
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed", "Ended, and not every shop is done"
    STOPPED = "stopped", "Stopped by a canary or by the error budget"
    PAUSED = "paused", "Stopped by the operator"
    INTERRUPTED = "interrupted", "Its process died"


class ShopMigrationState(models.TextChoices):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    CURRENT = "current", "Nothing was to be done"
    FAILED = "failed", "Could not be done now"
    QUARANTINED = "quarantined", "Its database refuses the migration"


class MigrationRun(models.Model):
    """One walk over the shops' databases, to this release's schema or back from it. `options` is what was asked for."""

    Kind = MigrationKind
    State = MigrationRunState

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    kind = models.CharField(max_length=20, choices=MigrationKind)
    state = models.CharField(max_length=20, choices=MigrationRunState)
    target = models.CharField(max_length=100, help_text="The newest migration that shops have afterwards.")
    schema_digest = models.CharField(max_length=64, help_text="Names the text of the migrations; see templates.")
    options = models.JSONField(default=dict, db_default={}, blank=True)
    host = models.CharField(max_length=255, help_text="The machine whose process does it.")
    pid = models.IntegerField(help_text="That process.")
    started_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    heartbeat_at = models.DateTimeField(db_default=CurrentTimestamp())
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(default="", db_default="", blank=True)

    class Meta:
        db_table = "migration_runs"
        verbose_name = "migration"
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state=MigrationRunState.RUNNING), name="migration_runs_one_running"
            ),
            models.CheckConstraint(condition=Q(kind__in=MigrationKind.values), name="migration_runs_kind_check"),
            models.CheckConstraint(condition=Q(state__in=MigrationRunState.values), name="migration_runs_state_check"),
            models.CheckConstraint(
                condition=Q(state=MigrationRunState.RUNNING, finished_at=None)
                | (~Q(state=MigrationRunState.RUNNING) & Q(finished_at__isnull=False)),
                name="migration_runs_running_has_no_end",
            ),
        ]
        indexes = [models.Index(fields=["-started_at"], name="idx_migration_runs_newest")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.target} ({self.state})"


class ShopMigration(models.Model):
    """What a run did in one shop. `ms` is how long the attempt took that decided it, in milliseconds."""

    State = ShopMigrationState

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    run = models.ForeignKey(MigrationRun, models.CASCADE, db_index=False, related_name="shops")
    tenant = models.ForeignKey("platform_core.Tenant", models.CASCADE, db_index=False, related_name="migrations")
    wave = models.IntegerField(help_text="0: the canaries.")
    state = models.CharField(
        max_length=20,
        choices=ShopMigrationState,
        default=ShopMigrationState.PENDING,
        db_default=ShopMigrationState.PENDING,
    )
    from_version = models.CharField(max_length=100, default="", db_default="", blank=True)
    to_version = models.CharField(max_length=100, default="", db_default="", blank=True)
    ms = models.FloatField(null=True, blank=True)
    attempts = models.IntegerField(default=0, db_default=0)
    error = models.TextField(default="", db_default="", blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "shop_migrations"
        ordering = ["run", "wave"]
        constraints = [
            models.UniqueConstraint(fields=["run", "tenant"], name="shop_migrations_run_tenant_key"),
            models.CheckConstraint(
                condition=Q(state__in=ShopMigrationState.values), name="shop_migrations_state_check"
            ),
            models.CheckConstraint(condition=Q(wave__gte=0), name="shop_migrations_waves_count_from_zero"),
        ]
        indexes = [
            # A shop is in quarantine when its newest outcome says so.
            models.Index(fields=["tenant", "-finished_at"], name="idx_shop_migrations_newest"),
        ]

    def __str__(self) -> str:
        return f"{shop_of(self)} {self.state}"
