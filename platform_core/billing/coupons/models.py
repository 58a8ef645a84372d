from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class CouponKind(models.TextChoices):
    PERCENTAGE = "percentage"
    FIXED = "fixed"


class PlanCoupon(models.Model):
    """What a merchant who knows the code pays less for a plan, in each of some periods.

    Units: `value` in per cent, or in `currency` off each period. `periods` is for how many billed periods it holds,
    None for ever. Days in UTC, both included. `plans` are names; empty: any. Who has redeemed one keeps its terms.
    """

    Kind = CouponKind

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    code = models.CharField(max_length=40, help_text="In capitals.")
    kind = models.CharField(max_length=20, choices=CouponKind)
    value = models.DecimalField(max_digits=13, decimal_places=3)
    currency = models.CharField(max_length=3, default="USD", db_default="USD", help_text="ISO 4217 code.")
    periods = models.IntegerField(null=True, blank=True, default=1, db_default=1, help_text="Empty: for ever.")
    plans = ArrayField(models.CharField(max_length=50), default=list, db_default=[], blank=True)
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    most_uses = models.IntegerField(null=True, blank=True, help_text="By everybody together; empty: no limit.")
    most_per_person = models.IntegerField(default=1, db_default=1)
    uses = models.IntegerField(default=0, db_default=0)
    is_active = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "plan_coupons"
        verbose_name = "coupon"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="plan_coupons_code_key"),
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9-]{2,39}$"), name="plan_coupons_code"),
            models.CheckConstraint(
                condition=Q(kind=CouponKind.PERCENTAGE, value__gt=0, value__lte=100)
                | Q(kind=CouponKind.FIXED, value__gt=0),
                name="plan_coupons_value",
            ),
            models.CheckConstraint(condition=Q(periods=None) | Q(periods__gte=1), name="plan_coupons_periods"),
            models.CheckConstraint(
                condition=Q(first_day=None) | Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="plan_coupons_days",
            ),
            models.CheckConstraint(
                condition=Q(uses__gte=0) & (Q(most_uses=None) | Q(uses__lte=F("most_uses"))), name="plan_coupons_uses"
            ),
            models.CheckConstraint(condition=Q(most_per_person__gte=1), name="plan_coupons_person"),
        ]

    def __str__(self) -> str:
        return self.code


class CouponUse(models.Model):
    """A coupon that a merchant redeemed, with its terms of that day.

    `periods_left` is how many more billed periods it holds for, None for ever; `covers_until` the last day of the last
    period that it took something off.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    coupon = models.ForeignKey(PlanCoupon, models.PROTECT, db_index=False, related_name="redeemed")
    tenant = models.ForeignKey("platform_core.Tenant", models.CASCADE, db_index=False, related_name="+")
    subscription = models.ForeignKey(
        "platform_core.TenantSubscription", models.CASCADE, db_index=False, related_name="coupon_uses"
    )
    person = models.CharField(max_length=255, help_text="By whom limits count: the merchant's mail address.")
    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=CouponKind)
    value = models.DecimalField(max_digits=13, decimal_places=3)
    plans = ArrayField(models.CharField(max_length=50), default=list, db_default=[], blank=True)
    periods_left = models.IntegerField(null=True, blank=True)
    redeemed_on = models.DateField()
    covers_until = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "plan_coupon_uses"
        constraints = [
            models.UniqueConstraint(
                fields=["subscription"],
                condition=Q(periods_left=None) | Q(periods_left__gt=0),
                name="plan_coupon_uses_one_running",
            ),
            models.CheckConstraint(
                condition=Q(periods_left=None) | Q(periods_left__gte=0), name="plan_coupon_uses_periods"
            ),
        ]
        indexes = [
            models.Index(fields=["coupon", "person"], name="idx_plan_coupon_uses_person"),
            models.Index(fields=["subscription"], name="idx_plan_coupon_uses_subs"),
            models.Index(fields=["tenant"], name="idx_plan_coupon_uses_tenant"),
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.tenant_id}"
