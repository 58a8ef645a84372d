"""Fields of the merchant's own. Product pages read those that they show with the settings, at no statement of their own."""

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import smartseller.database
import smartseller.ids
from django.db import migrations, models


KEPT = """
CREATE FUNCTION keep_product_fields() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    -- Two editors at once: the second reads what the first has committed, and does not write over it.
    PERFORM pg_advisory_xact_lock(hashtext('keep_product_fields'));
    INSERT INTO settings (key, value, description)
    SELECT 'product_fields',
           COALESCE(jsonb_agg(jsonb_build_object('key', key, 'name', name, 'kind', kind)
                              ORDER BY position, name, key), '[]'),
           'Kept from the table custom_fields'
    FROM custom_fields
    WHERE owner = 'product' AND in_storefront
    ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value WHERE settings.value IS DISTINCT FROM EXCLUDED.value;
    RETURN NULL;
END;
$$;
CREATE TRIGGER custom_fields_in_settings AFTER INSERT OR UPDATE OR DELETE ON custom_fields
    FOR EACH STATEMENT EXECUTE FUNCTION keep_product_fields();
CREATE TRIGGER update_custom_fields_updated_at BEFORE UPDATE ON custom_fields
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
"""
NOT_KEPT = """
DROP TRIGGER update_custom_fields_updated_at ON custom_fields;
DROP TRIGGER custom_fields_in_settings ON custom_fields;
DROP FUNCTION keep_product_fields();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0046_changes_that_wait'),
    ]

    operations = [
        migrations.AddField(
            model_name='product',
            name='metadata',
            field=models.JSONField(blank=True, db_default={}, default=dict, help_text='Values of custom fields.'),
        ),
        migrations.CreateModel(
            name='CustomField',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('owner', models.CharField(choices=[('product', 'Products'), ('customer', 'Customers'), ('order', 'Orders')], max_length=10)),
                ('key', models.CharField(editable=False, max_length=40)),
                ('name', models.CharField(max_length=60)),
                ('kind', models.CharField(choices=[('text', 'Text'), ('number', 'Number'), ('date', 'Date'), ('choice', 'One of several'), ('boolean', 'Yes or no')], max_length=10)),
                ('choices', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, db_default=[], default=list, size=None)),
                ('is_required', models.BooleanField(db_default=False, default=False)),
                ('in_storefront', models.BooleanField(db_default=False, default=False)),
                ('in_filters', models.BooleanField(db_default=False, default=False)),
                ('in_api', models.BooleanField(db_default=False, default=False)),
                ('position', models.PositiveIntegerField(db_default=0, default=0)),
                ('is_indexed', models.BooleanField(db_default=False, default=False, editable=False)),
                ('index_state', models.CharField(choices=[('none', 'None'), ('waiting', 'being made'), ('ready', 'Ready'), ('failed', 'Failed')], db_default='none', default='none', editable=False, max_length=10)),
                ('index_problem', models.TextField(blank=True, db_default='', default='', editable=False)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
            ],
            options={
                'db_table': 'custom_fields',
                'ordering': ['owner', 'position', 'name'],
                'constraints': [models.UniqueConstraint(fields=('owner', 'key'), name='custom_fields_owner_key_key'), models.UniqueConstraint(fields=('owner', 'name'), name='custom_fields_owner_name_key'), models.CheckConstraint(condition=models.Q(('owner__in', ['product', 'customer', 'order'])), name='custom_fields_owner_check'), models.CheckConstraint(condition=models.Q(('key__regex', '^[a-z][a-z0-9_]{0,39}$')), name='custom_fields_key_check'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='custom_fields_name_check'), models.CheckConstraint(condition=models.Q(('kind__in', ['text', 'number', 'date', 'choice', 'boolean'])), name='custom_fields_kind_check'), models.CheckConstraint(condition=models.Q(('choices', []), ('kind', 'choice'), _negated=True), name='custom_fields_choices_check'), models.CheckConstraint(condition=models.Q(('owner', 'product'), ('in_storefront', False), _connector='OR'), name='custom_fields_in_storefront_check'), models.CheckConstraint(condition=models.Q(('index_state__in', ['none', 'waiting', 'ready', 'failed'])), name='custom_fields_index_state_check')],
            },
        ),
        migrations.RunSQL(KEPT, NOT_KEPT),
    ]
