"""Pages as they are written."""

from django.contrib.postgres.functions import RandomUUID
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7

SLUG_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
LONGEST_BODY = 60_000
# What the shop's addresses begin with: a page of such a name would be taken for the thing itself.
RESERVED_SLUGS = frozenset(
    {
        "account", "admin", "api", "brands", "cart", "categories", "checkout", "dashboard", "feeds", "healthz", "home",
        "login", "logout", "media", "orders", "pages", "products", "quick-order", "readyz", "robots", "search",
        "sitemap", "static", "theme", "welcome",
    }
)  # fmt: skip


def check_slug(slug: str) -> None:
    """Errors: ValidationError for a word that the shop's own addresses use. Named in migrations: do not move it."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(f"“{slug}” is a word of the shop's own addresses. Please choose another one.")


class Page(models.Model):
    """A page at `/pages/<slug>/`. `body` is Markdown; markup in it is shown as it is written."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    title = models.CharField(max_length=120)
    slug = models.CharField(max_length=80, validators=[check_slug], help_text="The page stands at /pages/<address>/.")
    body = models.TextField(default="", db_default="", blank=True, max_length=LONGEST_BODY)
    meta_description = models.CharField(
        max_length=300, default="", db_default="", blank=True, help_text="What search engines show below the title."
    )
    is_published = models.BooleanField(default=False, db_default=False)
    show_in_footer = models.BooleanField(default=True, db_default=True)
    position = models.IntegerField(default=0, db_default=0, help_text="Its place in the footer.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "pages"
        ordering = ["position", "title"]
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="pages_slug_key"),
            models.CheckConstraint(condition=Q(slug__regex=SLUG_PATTERN), name="pages_slug_check"),
        ]

    def __str__(self) -> str:
        return self.title
