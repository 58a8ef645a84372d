"""Slugs are what addresses are made of, whoever writes the rows.

A single one of another kind, from an import of another program, took every page down that linked to it.
"""

from django.db import migrations, models
from django.db.models import Q

SLUG = Q(slug__regex=r"^[-a-zA-Z0-9_]+$")


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0020_cover_pictures")]

    operations = [
        migrations.AddConstraint("brand", models.CheckConstraint(condition=SLUG, name="brands_slug_check")),
        migrations.AddConstraint("category", models.CheckConstraint(condition=SLUG, name="categories_slug_check")),
        migrations.AddConstraint("product", models.CheckConstraint(condition=SLUG, name="products_slug_check")),
    ]
