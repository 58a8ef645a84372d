"""Tax by country, state and class of goods. Pages read the rates with the settings, at no statement of their own."""

import django.contrib.postgres.functions
import smartseller.database
import smartseller.ids
import tenant_shop.taxes.classes
from django.db import migrations, models


KEPT = """
CREATE FUNCTION keep_tax_rates() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    -- Two editors at once: the second reads what the first has committed, and does not write over it.
    PERFORM pg_advisory_xact_lock(hashtext('keep_tax_rates'));
    INSERT INTO settings (key, value, description)
    SELECT 'tax_rates',
           COALESCE(jsonb_agg(jsonb_build_object('country', country, 'state', state, 'tax_class', tax_class,
                                                 'rate', trim_scale(rate)::text)
                              ORDER BY country, state, tax_class), '[]'),
           'Kept from the table tax_rates'
    FROM tax_rates
    ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value WHERE settings.value IS DISTINCT FROM EXCLUDED.value;
    RETURN NULL;
END;
$$;
CREATE TRIGGER tax_rates_in_settings AFTER INSERT OR UPDATE OR DELETE ON tax_rates
    FOR EACH STATEMENT EXECUTE FUNCTION keep_tax_rates();
CREATE TRIGGER update_tax_rates_updated_at BEFORE UPDATE ON tax_rates
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0017_customer_accounts'),
    ]

    operations = [
        migrations.CreateModel(
            name='TaxRate',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('country', models.CharField(blank=True, help_text="ISO 3166-1 alpha-2; empty: all countries but the shop's own.", max_length=2)),
                ('state', models.CharField(blank=True, help_text='As addresses have it; empty: the whole country.', max_length=100)),
                ('tax_class', models.CharField(db_default='standard', default='standard', max_length=50, validators=[tenant_shop.taxes.classes.check_tax_class])),
                ('rate', models.DecimalField(decimal_places=6, help_text='0.19 for 19 %.', max_digits=7)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
            ],
            options={
                'db_table': 'tax_rates',
                'ordering': ['country', 'state', 'tax_class'],
            },
        ),
        migrations.AddField(
            model_name='product',
            name='tax_class',
            field=models.CharField(db_default='standard', default='standard', max_length=50, validators=[tenant_shop.taxes.classes.check_tax_class]),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('tax_class__regex', '^[a-z0-9]+(-[a-z0-9]+)*$')), name='products_tax_class_check'),
        ),
        migrations.AddConstraint(
            model_name='taxrate',
            constraint=models.UniqueConstraint(fields=('country', 'state', 'tax_class'), name='tax_rates_place_class_key'),
        ),
        migrations.AddConstraint(
            model_name='taxrate',
            constraint=models.CheckConstraint(condition=models.Q(('rate__gte', 0), ('rate__lt', 1)), name='tax_rates_rate_check'),
        ),
        migrations.AddConstraint(
            model_name='taxrate',
            constraint=models.CheckConstraint(condition=models.Q(('country__regex', '^([A-Z]{2})?$')), name='tax_rates_country_check'),
        ),
        migrations.AddConstraint(
            model_name='taxrate',
            constraint=models.CheckConstraint(condition=models.Q(('state', ''), models.Q(('country', ''), _negated=True), _connector='OR'), name='tax_rates_state_check'),
        ),
        migrations.AddConstraint(
            model_name='taxrate',
            constraint=models.CheckConstraint(condition=models.Q(('tax_class__regex', '^[a-z0-9]+(-[a-z0-9]+)*$'), models.Q(models.Q(('tax_class', 'zero'), _negated=True), ('rate', 0), _connector='OR')), name='tax_rates_class_check'),
        ),
        migrations.RunSQL(KEPT, "DROP FUNCTION keep_tax_rates() CASCADE"),
    ]
