from django.contrib.postgres.functions import RandomUUID
from django.db import models

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class ErasureCertificate(models.Model):
    """What was erased of a shop, when, and what the law keeps. Each one names the digest of the one before.

    `content` is what was signed; `number` counts from one without a gap.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    number = models.IntegerField()
    tenant_id = models.UUIDField()
    content = models.JSONField()
    previous_sha256 = models.CharField(max_length=64, default="", db_default="", blank=True)
    sha256 = models.CharField(max_length=64)
    signature = models.CharField(max_length=100)
    issued_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "erasure_certificates"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="erasure_certificates_number_key"),
            models.UniqueConstraint(fields=["tenant_id"], name="erasure_certificates_tenant_id_key"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="erasure_certificates_number_check"),
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.tenant_id}"
