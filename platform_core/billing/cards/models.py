from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from platform_core.tenants.called import known
from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class ChargeState(models.TextChoices):
    ASKING = "asking"
    # The payer's bank wants to be told by the payer.
    CONFIRMING = "confirming"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"


class RefundState(models.TextChoices):
    ASKING = "asking"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class MerchantCard(models.Model):
    """How a merchant is known at the gateway, and the card that pays. No number of a card ever comes here."""

    tenant = models.OneToOneField(
        "platform_core.Tenant", models.CASCADE, primary_key=True, related_name="card", db_index=False
    )
    customer = models.CharField(max_length=255, help_text="The gateway's id of the merchant.")
    method = models.CharField(max_length=255, default="", db_default="", help_text="Its id of the card; empty: none.")
    brand = models.CharField(max_length=30, default="", db_default="")
    last_digits = models.CharField(max_length=4, default="", db_default="")
    expires = models.CharField(max_length=7, default="", db_default="", help_text="Such as 2030-04.")
    given_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "merchant_cards"

    def __str__(self) -> str:
        return f"{self.brand} {self.last_digits}"


class CardCharge(models.Model):
    """One attempt to have a card pay an invoice. It stands before the gateway is asked, and its id is the key under
    which the gateway does once what is asked twice.

    Units: `amount` in `currency`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    invoice = models.ForeignKey("platform_core.BillingInvoice", models.PROTECT, db_index=False, related_name="charges")
    amount = models.DecimalField(max_digits=15, decimal_places=3)
    currency = models.CharField(max_length=3, help_text="ISO 4217 code.")
    customer = models.CharField(max_length=255)
    method = models.CharField(max_length=255)
    card = models.CharField(max_length=60, help_text="As people know it, such as visa 4242.")
    state = models.CharField(
        max_length=20, choices=ChargeState, default=ChargeState.ASKING, db_default=ChargeState.ASKING
    )
    reference = models.CharField(max_length=255, default="", db_default="", help_text="The gateway's id of it.")
    reason = models.CharField(max_length=60, default="", db_default="", help_text="Why it was declined.")
    day = models.DateField(help_text="UTC.")
    asked_at = models.DateTimeField(null=True, blank=True, help_text="When the gateway was asked last.")
    settled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "card_charges"
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="card_charges_amount_check"),
            models.CheckConstraint(condition=Q(state__in=ChargeState.values), name="card_charges_state_check"),
            models.UniqueConstraint(
                fields=["invoice"], condition=~Q(state=ChargeState.DECLINED), name="card_charges_one_at_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["invoice"], name="idx_card_charges_invoice"),
            models.Index(fields=["created_at"], condition=Q(state="asking"), name="idx_card_charges_asking"),
        ]

    def __str__(self) -> str:
        return f"{known(self, 'invoice')} {self.state}"


class CardRefund(models.Model):
    """One attempt to give the money of a credit note back to the card that paid the invoice. It stands before the
    gateway is asked, and its id is the key under which the gateway does once what is asked twice.

    Units: `amount` in `currency`, above zero.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    note = models.ForeignKey("platform_core.BillingInvoice", models.PROTECT, db_index=False, related_name="refunds")
    charge = models.ForeignKey(CardCharge, models.PROTECT, db_index=False, related_name="refunds")
    amount = models.DecimalField(max_digits=15, decimal_places=3)
    currency = models.CharField(max_length=3, help_text="ISO 4217 code.")
    state = models.CharField(
        max_length=20, choices=RefundState, default=RefundState.ASKING, db_default=RefundState.ASKING
    )
    reference = models.CharField(max_length=255, default="", db_default="", help_text="The gateway's id.")
    reason = models.CharField(max_length=60, default="", db_default="", help_text="Why it failed.")
    day = models.DateField(help_text="UTC.")
    asked_at = models.DateTimeField(null=True, blank=True, help_text="When the gateway was asked first.")
    settled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "card_refunds"
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="card_refunds_amount_check"),
            models.CheckConstraint(condition=Q(state__in=RefundState.values), name="card_refunds_state_check"),
            models.UniqueConstraint(
                fields=["note"], condition=~Q(state=RefundState.FAILED), name="card_refunds_once_a_note"
            ),
        ]
        indexes = [
            models.Index(fields=["note"], name="idx_card_refunds_note"),
            models.Index(fields=["charge"], name="idx_card_refunds_charge"),
            models.Index(fields=["created_at"], condition=Q(state="asking"), name="idx_card_refunds_asking"),
        ]

    def __str__(self) -> str:
        return f"{known(self, 'note')} {self.state}"
