from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from platform_core.tenants.called import shop_of
from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class ServerState(models.TextChoices):
    OPEN = "open"
    DRAINING = "draining"
    RETIRED = "retired"


class SpareState(models.TextChoices):
    BUILDING = "building"
    READY = "ready"
    CLAIMED = "claimed"


class RunState(models.TextChoices):
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class StepState(models.TextChoices):
    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DatabaseServer(models.Model):
    """A PostgreSQL server that holds shops. Its addresses are in `settings.DATABASE_SERVERS[key]`, never here."""

    State = ServerState

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    key = models.CharField(max_length=50)
    region = models.CharField(max_length=50, default="", db_default="", blank=True)
    capacity = models.IntegerField(default=1000, db_default=1000, help_text="Shops it may hold at most.")
    state = models.CharField(
        max_length=20,
        choices=ServerState,
        default=ServerState.OPEN,
        db_default=ServerState.OPEN,
        help_text="Only an open server takes new shops.",
    )
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "database_servers"
        verbose_name = "server"
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="database_servers_key_key"),
            models.CheckConstraint(condition=Q(key__regex=r"^[a-z][a-z0-9_]*$"), name="database_servers_key_plain"),
            models.CheckConstraint(condition=Q(state__in=ServerState.values), name="database_servers_state_check"),
            models.CheckConstraint(condition=Q(capacity__gte=0), name="database_servers_capacity_check"),
        ]

    def __str__(self) -> str:
        return self.key


class TemplateVersion(models.Model):
    """A migrated, empty database that new shops on a server are cloned from; one is the current one."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    server = models.ForeignKey(
        DatabaseServer, models.PROTECT, to_field="key", db_column="server", db_index=False, related_name="templates"
    )
    version = models.CharField(max_length=100, help_text="The newest migration in it.")
    database_name = models.CharField(max_length=63)
    schema_digest = models.CharField(max_length=64, help_text="SHA-256 over its migrations, hexadecimal.")
    is_current = models.BooleanField(default=False, db_default=False)
    script = models.JSONField(null=True, blank=True, help_text="The SQL of its migrations, in order.")
    catalogue = models.JSONField(null=True, blank=True, help_text="Digests of the definitions of what is in it.")
    built_at = models.DateTimeField(null=True, blank=True, help_text="Empty while it is being built.")

    class Meta:
        db_table = "tenant_templates"
        verbose_name = "template"
        constraints = [
            models.UniqueConstraint(
                fields=["server"], condition=Q(is_current=True), name="tenant_templates_one_current_per_server"
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(built_at__isnull=False), name="tenant_templates_current_is_built"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.server_id}/{self.database_name} {self.version}"


class SpareDatabase(models.Model):
    """A ready database that waits for a shop; claimed by renaming it."""

    State = SpareState

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    server = models.ForeignKey(
        DatabaseServer, models.PROTECT, to_field="key", db_column="server", db_index=False, related_name="spares"
    )
    name = models.CharField(max_length=63)
    template = models.ForeignKey(TemplateVersion, models.PROTECT, db_index=False, related_name="spares")
    state = models.CharField(
        max_length=20, choices=SpareState, default=SpareState.BUILDING, db_default=SpareState.BUILDING
    )
    claimed_by = models.ForeignKey(
        "platform_core.ProvisioningRun",
        models.SET_NULL,
        null=True,
        blank=True,
        db_column="claimed_by",
        db_index=False,
        related_name="spares",
    )
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "spare_databases"
        constraints = [
            models.UniqueConstraint(fields=["name"], name="spare_databases_name_key"),
            models.CheckConstraint(condition=Q(state__in=SpareState.values), name="spare_databases_state_check"),
        ]
        indexes = [
            # The oldest ready spare of a server is claimed first.
            models.Index(
                fields=["server", "created_at"], condition=Q(state=SpareState.READY), name="idx_spare_databases_ready"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"


class ProvisioningRun(models.Model):
    """One attempt, or several, to give a merchant a shop: a list of recorded steps that a kill cannot lose.

    `request` is what was asked for; a password in it is hashed before it gets here.
    """

    State = RunState

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    tenant = models.ForeignKey("platform_core.Tenant", models.CASCADE, db_index=False, related_name="provisioning_runs")
    state = models.CharField(max_length=20, choices=RunState, default=RunState.RUNNING, db_default=RunState.RUNNING)
    request = models.JSONField(default=dict, db_default={}, blank=True)
    request_key = models.CharField(
        max_length=64, null=True, blank=True, help_text="Names one submission: the same one twice makes one shop."
    )
    attempt = models.IntegerField(default=1, db_default=1)
    spare_used = models.BooleanField(default=False, db_default=False)
    heartbeat_at = models.DateTimeField(db_default=CurrentTimestamp())
    started_at = models.DateTimeField(db_default=CurrentTimestamp())
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(default="", db_default="", blank=True)

    class Meta:
        db_table = "provisioning_runs"
        verbose_name = "provisioning"
        verbose_name_plural = "provisioning"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="provisioning_runs_state_check"),
            models.UniqueConstraint(fields=["request_key"], name="provisioning_runs_request_key_key"),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(state=RunState.RUNNING), name="provisioning_runs_one_running_per_tenant"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "started_at"], name="idx_provisioning_runs_tenant"),
            # The reconciler looks for runs whose heart stopped.
            models.Index(
                fields=["heartbeat_at"], condition=Q(state=RunState.RUNNING), name="idx_provisioning_runs_running"
            ),
        ]

    def __str__(self) -> str:
        return f"{shop_of(self)} {self.state}"


class ProvisioningStep(models.Model):
    """One named, idempotent step of a run. `ms` is how long its last attempt took, in milliseconds."""

    State = StepState

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    run = models.ForeignKey(ProvisioningRun, models.CASCADE, db_index=False, related_name="steps")
    position = models.IntegerField()
    name = models.CharField(max_length=50)
    state = models.CharField(max_length=20, choices=StepState, default=StepState.PENDING, db_default=StepState.PENDING)
    ms = models.FloatField(null=True, blank=True)
    done_bytes = models.BigIntegerField(default=0, db_default=0, help_text="What a step that copies has copied so far.")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(default="", db_default="", blank=True)

    class Meta:
        db_table = "provisioning_steps"
        ordering = ["run", "position"]
        constraints = [
            models.UniqueConstraint(fields=["run", "name"], name="provisioning_steps_run_id_name_key"),
            models.CheckConstraint(condition=Q(state__in=StepState.values), name="provisioning_steps_state_check"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.name} ({self.state})"


class SchemaVersion(models.Model):
    """A version of the platform database's schema. Every shop's database has such a table too.

    Not managed: the shops' model of the same table is, and Django wants one owner for a table's name. A migration makes
    the table with SQL.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    version = models.CharField(max_length=20)
    description = models.TextField(null=True, blank=True)
    applied_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "schema_versions"
        managed = False

    def __str__(self) -> str:
        return self.version
