"""Versions of the pages that bind both sides, as they were when somebody agreed to them: rows are added, never changed.

A trigger on `pages` adds one when what is published differs from all before, and keeps today's in the settings, which a
checkout reads anyway: to know the version costs no statement.
"""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.utils import timezone

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class TermsVersion(models.Model):
    """The published pages of `legal.TERMS`: `pages` has slug, title and body (Markdown) of each, by slug."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    digest = models.CharField(max_length=64, help_text="SHA-256 of `pages` as PostgreSQL writes it.")
    pages = models.JSONField()
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False, help_text="First published.")

    class Meta:
        db_table = "terms_versions"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="terms_versions_digest_key"),
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="terms_versions_digest_check"),
        ]

    def __str__(self) -> str:
        return f"Terms of {timezone.localtime(self.created_at):%-d %b %Y, %H:%M}"


def version_of(digest: str) -> TermsVersion | None:
    """The version that was agreed to; None for who agreed to none. One statement, none without a digest."""
    return TermsVersion.objects.filter(digest=digest).first() if digest else None
