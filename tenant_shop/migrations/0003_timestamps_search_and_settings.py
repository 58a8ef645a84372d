"""`updated_at` on every table that has it, full-text search of products, and a time zone that exists."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

UPDATED_AT_FUNCTION = """
CREATE FUNCTION update_updated_at_column() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at = CURRENT_TIMESTAMP;
    RETURN NEW;
END;
$$;
"""
TABLES_WITH_UPDATED_AT = [
    "categories",
    "brands",
    "products",
    "product_variants",
    "product_reviews",
    "customers",
    "customer_addresses",
    "shopping_carts",
    "cart_items",
    "orders",
    "payments",
    "discount_codes",
    "email_campaigns",
    "settings",
    "webhooks",
]
UPDATED_AT_TRIGGERS = "".join(
    f"CREATE TRIGGER update_{table}_updated_at BEFORE UPDATE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();\n"
    for table in TABLES_WITH_UPDATED_AT
)

PRODUCT_SEARCH = """
CREATE INDEX idx_products_search ON products
    USING GIN (to_tsvector('english', name || ' ' || COALESCE(description, '')));
"""

# Order numbers are counted by the month of the shop's time zone: a zone that PostgreSQL does not know would stop every
# order, so it is refused when it is written.
KNOWN_TIMEZONE = """
ALTER TABLE settings ADD CONSTRAINT settings_timezone_check
    CHECK (key <> 'timezone' OR (CURRENT_TIMESTAMP AT TIME ZONE (value #>> '{}')) IS NOT NULL);
"""


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0002_foreign_keys")]

    operations = [
        TrigramExtension(),
        migrations.RunSQL(UPDATED_AT_FUNCTION, "DROP FUNCTION update_updated_at_column() CASCADE"),
        migrations.RunSQL(UPDATED_AT_TRIGGERS, migrations.RunSQL.noop),
        migrations.RunSQL(PRODUCT_SEARCH, "DROP INDEX idx_products_search"),
        migrations.RunSQL(KNOWN_TIMEZONE, "ALTER TABLE settings DROP CONSTRAINT settings_timezone_check"),
    ]
