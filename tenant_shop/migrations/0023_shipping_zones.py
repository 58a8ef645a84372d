"""Delivery by zones of countries and states. Pages read zones with the settings, at no statement of their own."""

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.deletion
import smartseller.database
import smartseller.ids
from django.db import migrations, models


KEPT = """
ALTER TABLE shipping_zone_rates ADD CONSTRAINT shipping_zone_rates_zone_id_fkey
    FOREIGN KEY (zone_id) REFERENCES shipping_zones (id) ON DELETE CASCADE;
CREATE FUNCTION keep_shipping_zones() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    -- Two editors at once: the second reads what the first has committed, and does not write over it.
    PERFORM pg_advisory_xact_lock(hashtext('keep_shipping_zones'));
    INSERT INTO settings (key, value, description)
    SELECT 'shipping_zones',
           COALESCE(jsonb_agg(jsonb_build_object('kind', kind, 'places', places, 'rates', (
               SELECT COALESCE(jsonb_agg(jsonb_build_object(
                          'code', rate.id, 'name', rate.name, 'note', rate.note, 'amount', rate.amount::text,
                          'free_above', rate.free_above::text,
                          'min_weight', rate.min_weight::text, 'max_weight', rate.max_weight::text,
                          'min_total', rate.min_total::text, 'max_total', rate.max_total::text
                      ) ORDER BY rate.position, rate.id), '[]')
               FROM shipping_zone_rates AS rate WHERE rate.zone_id = shipping_zones.id
           )) ORDER BY position, id), '[]'),
           'Kept from the tables shipping_zones and shipping_zone_rates'
    FROM shipping_zones
    ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value WHERE settings.value IS DISTINCT FROM EXCLUDED.value;
    RETURN NULL;
END;
$$;
CREATE TRIGGER shipping_zones_in_settings AFTER INSERT OR UPDATE OR DELETE ON shipping_zones
    FOR EACH STATEMENT EXECUTE FUNCTION keep_shipping_zones();
CREATE TRIGGER shipping_zone_rates_in_settings AFTER INSERT OR UPDATE OR DELETE ON shipping_zone_rates
    FOR EACH STATEMENT EXECUTE FUNCTION keep_shipping_zones();
CREATE TRIGGER update_shipping_zones_updated_at BEFORE UPDATE ON shipping_zones
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
"""


class Migration(migrations.Migration):

    dependencies = [("tenant_shop", "0022_discounts")]

    operations = [
        migrations.CreateModel(
            name='ShippingZone',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(help_text='For you; shoppers see the names of the rates.', max_length=100)),
                ('kind', models.CharField(choices=[('places', 'Countries and states'), ('elsewhere', 'Rest of the world'), ('pickup', 'Pick-up')], db_default='places', default='places', max_length=10)),
                ('places', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=103), blank=True, db_default=[], default=list, help_text='ISO 3166-1 alpha-2, with a colon and the state for a part of a country: DE, US:CA.', size=None)),
                ('position', models.IntegerField(db_default=0, default=0)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
            ],
            options={
                'db_table': 'shipping_zones',
                'ordering': ['position', 'id'],
                'constraints': [models.UniqueConstraint(fields=('name',), name='shipping_zones_name_key'), models.UniqueConstraint(condition=models.Q(('kind', 'elsewhere')), fields=('kind',), name='shipping_zones_one_elsewhere'), models.CheckConstraint(condition=models.Q(('kind__in', ['places', 'elsewhere', 'pickup'])), name='shipping_zones_kind_check'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'places'), ('places__len__gt', 0)), models.Q(models.Q(('kind', 'places'), _negated=True), ('places', [])), _connector='OR'), name='shipping_zones_places_check')],
            },
        ),
        migrations.CreateModel(
            name='ShippingZoneRate',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(help_text='What shoppers choose, such as Standard delivery.', max_length=100)),
                ('note', models.CharField(blank=True, db_default='', default='', help_text='Such as 2 to 3 working days.', max_length=200)),
                ('amount', models.DecimalField(decimal_places=3, max_digits=13)),
                ('free_above', models.DecimalField(blank=True, decimal_places=3, max_digits=13, null=True)),
                ('min_weight', models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True)),
                ('max_weight', models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True)),
                ('min_total', models.DecimalField(blank=True, decimal_places=3, max_digits=13, null=True)),
                ('max_total', models.DecimalField(blank=True, decimal_places=3, max_digits=13, null=True)),
                ('position', models.IntegerField(db_default=0, default=0)),
                ('zone', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rates', to='tenant_shop.shippingzone')),
            ],
            options={
                'db_table': 'shipping_zone_rates',
                'ordering': ['position', 'id'],
                'indexes': [models.Index(fields=['zone'], name='idx_shipping_zone_rates_zone')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gte', 0), models.Q(('free_above', None), ('free_above__gte', 0), _connector='OR'), models.Q(('min_weight', None), ('min_weight__gte', 0), _connector='OR'), models.Q(('min_total', None), ('min_total__gte', 0), _connector='OR')), name='shipping_zone_rates_amounts_check'), models.CheckConstraint(condition=models.Q(models.Q(('max_weight', None), models.Q(('max_weight__gt', 0), models.Q(('min_weight', None), ('max_weight__gt', models.F('min_weight')), _connector='OR')), _connector='OR'), models.Q(('max_total', None), models.Q(('max_total__gt', 0), models.Q(('min_total', None), ('max_total__gt', models.F('min_total')), _connector='OR')), _connector='OR')), name='shipping_zone_rates_bands_check')],
            },
        ),
        migrations.RunSQL(KEPT, "DROP FUNCTION keep_shipping_zones() CASCADE"),
    ]
