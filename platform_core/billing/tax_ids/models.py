from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp


class TaxIdState(models.TextChoices):
    # Its form and check digits are right; nobody has said more.
    UNCHECKED = "unchecked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class TaxIdCheck(models.Model):
    """What is known of a merchant's tax id. It holds for `tax_id` only: with another one it begins anew.

    `checked_by` is a register, or `operator`; `due_at` when the register is asked next, empty: not any more.
    """

    State = TaxIdState

    tenant = models.OneToOneField(
        "platform_core.Tenant", models.CASCADE, primary_key=True, related_name="tax_id_check", db_index=False
    )
    tax_id = models.CharField(max_length=50, help_text="As it was asked about.")
    state = models.CharField(
        max_length=20, choices=TaxIdState, default=TaxIdState.UNCHECKED, db_default=TaxIdState.UNCHECKED
    )
    checked_at = models.DateTimeField(null=True, blank=True, help_text="When somebody said so last.")
    checked_by = models.CharField(max_length=20, default="", db_default="")
    note = models.CharField(max_length=255, default="", db_default="", help_text="Whose it is, or why nobody answered.")
    due_at = models.DateTimeField(null=True, blank=True, db_default=CurrentTimestamp())

    class Meta:
        db_table = "tenant_tax_ids"
        verbose_name = "tax id"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TaxIdState.values), name="tenant_tax_ids_state_check"),
            models.CheckConstraint(
                condition=Q(state=TaxIdState.UNCHECKED) | Q(checked_at__isnull=False), name="tenant_tax_ids_checked"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="idx_tenant_tax_ids_due")]

    def __str__(self) -> str:
        return f"{self.tax_id} {self.state}"
