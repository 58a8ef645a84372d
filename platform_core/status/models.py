from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q

from smartseller.ids import uuid7


class HealthDay(models.Model):
    """How a part of the platform fared on a day in UTC: looks that found it well, of how many, and the last one.

    A look takes `ms` milliseconds on the average: `ms_sum` by `looks_well`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    part = models.CharField(max_length=60, help_text="database, shops:<server>, cache, website …")
    day = models.DateField()
    looks = models.IntegerField(default=0, db_default=0)
    looks_well = models.IntegerField(default=0, db_default=0)
    ms_sum = models.FloatField(default=0, db_default=0)
    looked_at = models.DateTimeField()
    is_well = models.BooleanField()
    since = models.DateTimeField(help_text="Since when it has been as it is.")

    class Meta:
        db_table = "health_days"
        ordering = ["part", "-day"]
        constraints = [
            models.UniqueConstraint(fields=["part", "day"], name="health_days_part_day_key"),
            models.CheckConstraint(condition=Q(looks__gte=F("looks_well")), name="health_days_looks_check"),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.day}"
