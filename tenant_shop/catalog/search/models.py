"""What a merchant teaches the search, and what shoppers ask it.

What the search looks at (`product_search`, `search_words`) has no models: triggers write it, and the database's own
functions read it.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q

from smartseller.ids import uuid7


class SearchSynonym(models.Model):
    """Words that mean the same to the shop's search: sofa, couch, settee."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    term = models.CharField(max_length=100)
    meanings = ArrayField(models.TextField(), help_text="Separated by commas.")
    is_two_way = models.BooleanField(
        default=True, db_default=True, help_text="Each of these words also finds what the others find."
    )

    class Meta:
        db_table = "search_synonyms"
        verbose_name = "synonym"
        ordering = ["term"]
        constraints = [models.UniqueConstraint(fields=["term"], name="search_synonyms_term_key")]

    def __str__(self) -> str:
        return self.term


class SearchCount(models.Model):
    """How often shoppers searched for one text on one day, and how often they found nothing."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    day = models.DateField(help_text="In the shop's time zone.")
    text = models.CharField(max_length=100)
    searches = models.IntegerField(default=1, db_default=1)
    without_results = models.IntegerField(default=0, db_default=0)

    class Meta:
        db_table = "search_counts"
        verbose_name = "search"
        verbose_name_plural = "searches"
        ordering = ["-day", "-searches"]
        constraints = [
            models.UniqueConstraint(fields=["day", "text"], name="search_counts_day_key"),
            models.CheckConstraint(
                condition=Q(without_results__gte=0, without_results__lte=F("searches")), name="search_counts_check"
            ),
        ]
        indexes = [models.Index(OpClass("text", "varchar_pattern_ops"), F("day"), name="search_counts_by_text")]

    def __str__(self) -> str:
        return self.text
