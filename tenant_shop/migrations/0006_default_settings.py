"""The rows that every shop starts with."""

from django.db import migrations

DEFAULT_SETTINGS = """
INSERT INTO settings (key, value, description) VALUES
    ('store_name', '"My Store"', 'Store display name'),
    ('store_email', '"store@example.com"', 'Store contact email'),
    ('currency', '"USD"', 'Default store currency'),
    ('timezone', '"UTC"', 'Store timezone'),
    ('tax_rate', '0', 'Default tax rate (decimal)'),
    ('shipping_rates', '[]', 'Shipping rate configuration'),
    ('email_templates', '{}', 'Email template configurations'),
    ('theme_settings', '{}', 'Theme and appearance settings');
"""
SCHEMA_VERSION = "INSERT INTO schema_versions (version, description) VALUES ('1.0.0', 'Initial schema');"


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0005_order_numbers_and_customer_totals")]

    operations = [
        migrations.RunSQL(DEFAULT_SETTINGS, "DELETE FROM settings"),
        migrations.RunSQL(SCHEMA_VERSION, "DELETE FROM schema_versions WHERE version = '1.0.0'"),
    ]
