"""The merchant's own pages, and what every shop starts with: drafts to be completed.

Which pages stand in the footer is kept in `settings`, which every page reads anyway: it costs no statement of its own.
"""

import django.contrib.postgres.functions
import smartseller.database
import smartseller.ids
import tenant_shop.pages.models
from django.db import migrations, models

STARTERS = [
    (
        "About us",
        "about",
        """Who are you, and how did it begin? Two or three paragraphs are enough: what you make or choose, where, and what you will not do.

## Where we are

Street, town, country.

## Write to us

We answer within two working days.
""",
    ),
    (
        "Delivery",
        "shipping",
        """How you send things, where to, and how long it takes.

| Way | Where to | How long | Costs |
|---|---|---|---|
| Parcel | … | … working days | … |

## When something arrives broken

Send us a picture within 14 days, and we replace it.
""",
    ),
    (
        "Returns",
        "returns",
        """How long may an order be sent back, in which state, and who pays for the way?

## How to send something back

1. Write to us with the number of your order.
2. Pack it so that it arrives whole.
3. We pay the money back within 14 days of its arrival.
""",
    ),
    (
        "Terms",
        "terms",
        """The conditions under which you sell. Have them checked by somebody who knows the law of your country.

## Who we are

Name, address, register, tax number.

## How a contract comes about

…

## Prices and payment

…

## Warranty

…
""",
    ),
    (
        "Privacy",
        "privacy",
        """Which data you keep, why, for how long, and whom one may ask about it.

## What we keep

To send an order we keep the name, the address, the e-mail address and what was ordered.

## What we do not do

We sell no data and put up no advertising.

## Your rights

Write to us, and we tell you what we keep of you, correct it or delete it where the law lets us.
""",
    ),
]

FOOTER = """
CREATE FUNCTION keep_footer_pages() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    -- Two editors at once: the second reads what the first has committed, and does not write over it.
    PERFORM pg_advisory_xact_lock(hashtext('keep_footer_pages'));
    INSERT INTO settings (key, value, description)
    SELECT 'footer_pages',
           COALESCE(jsonb_agg(jsonb_build_object('title', title, 'slug', slug) ORDER BY position, title), '[]'),
           'Kept from the pages: those in the footer'
    FROM pages WHERE is_published AND show_in_footer
    ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value WHERE settings.value IS DISTINCT FROM EXCLUDED.value;
    RETURN NULL;
END;
$$;
CREATE TRIGGER pages_in_footer AFTER INSERT OR UPDATE OR DELETE ON pages
    FOR EACH STATEMENT EXECUTE FUNCTION keep_footer_pages();
CREATE TRIGGER update_pages_updated_at BEFORE UPDATE ON pages
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
SELECT attach_catalogue_version('pages',
    added => 'NEW.is_published',
    changed => '(OLD.is_published OR NEW.is_published) AND OLD.* IS DISTINCT FROM NEW.*',
    removed => 'OLD.is_published');
"""


# Before the triggers: drafts change neither the footer nor any page.
WRITE_STARTERS = "INSERT INTO pages (title, slug, body, position) VALUES " + ", ".join(
    f"('{title}', '{slug}', $page${body}$page$, {position})"
    for position, (title, slug, body) in enumerate(STARTERS, start=1)
)


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0014_stock_alerts")]

    operations = [
        migrations.CreateModel(
            name="Page",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        primary_key=True,
                        default=smartseller.ids.uuid7,
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        editable=False,
                        serialize=False,
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                (
                    "slug",
                    models.CharField(
                        max_length=80,
                        validators=[tenant_shop.pages.models.check_slug],
                        help_text="The page stands at /pages/<address>/.",
                    ),
                ),
                ("body", models.TextField(default="", db_default="", blank=True, max_length=60000)),
                (
                    "meta_description",
                    models.CharField(
                        max_length=300,
                        default="",
                        db_default="",
                        blank=True,
                        help_text="What search engines show below the title.",
                    ),
                ),
                ("is_published", models.BooleanField(default=False, db_default=False)),
                ("show_in_footer", models.BooleanField(default=True, db_default=True)),
                (
                    "position",
                    models.IntegerField(default=0, db_default=0, help_text="Its place in the footer."),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
            ],
            options={
                "db_table": "pages",
                "ordering": ["position", "title"],
                "constraints": [
                    models.UniqueConstraint(fields=["slug"], name="pages_slug_key"),
                    models.CheckConstraint(
                        condition=models.Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"), name="pages_slug_check"
                    ),
                ],
            },
        ),
        migrations.RunSQL(WRITE_STARTERS, migrations.RunSQL.noop),
        migrations.RunSQL(FOOTER, "DROP FUNCTION keep_footer_pages() CASCADE"),
    ]
