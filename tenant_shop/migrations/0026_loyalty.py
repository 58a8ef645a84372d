"""Points as a ledger, and a balance that is kept from it."""

import django.contrib.postgres.functions
import django.db.models.deletion
import smartseller.database
import smartseller.ids
from django.conf import settings
from django.db import migrations, models

TRIGGERS = """
ALTER TABLE loyalty_entries ADD CONSTRAINT loyalty_entries_customer_id_fkey
    FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE;
ALTER TABLE loyalty_entries ADD CONSTRAINT loyalty_entries_order_id_fkey
    FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE SET NULL;

CREATE FUNCTION apply_loyalty_entries() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    short UUID;
BEGIN
    PERFORM FROM customers WHERE id IN (SELECT customer_id FROM added) ORDER BY id FOR NO KEY UPDATE;
    UPDATE customers SET loyalty_points = loyalty_points + gained.points
    FROM (SELECT customer_id, sum(points) AS points FROM added GROUP BY customer_id) AS gained
    WHERE customers.id = gained.customer_id;

    SELECT id INTO short FROM customers
    WHERE loyalty_points < 0
      AND id IN (SELECT customer_id FROM added WHERE points < 0 AND reason <> 'taken_back')
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'customer % has not so many points', short
            USING ERRCODE = 'check_violation', TABLE = 'customers', CONSTRAINT = 'customers_loyalty_points_check';
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER loyalty_entries_applied AFTER INSERT ON loyalty_entries
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION apply_loyalty_entries();
CREATE TRIGGER loyalty_entries_stand BEFORE UPDATE OR DELETE ON loyalty_entries
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change('entries are added, never changed');
CREATE TRIGGER customers_start_without_points BEFORE INSERT ON customers
    FOR EACH ROW WHEN (NEW.loyalty_points <> 0)
    EXECUTE FUNCTION refuse_change('points change by a row in loyalty_entries only');
CREATE TRIGGER customers_points_by_entry BEFORE UPDATE ON customers
    FOR EACH ROW WHEN (pg_trigger_depth() = 0 AND OLD.loyalty_points <> NEW.loyalty_points)
    EXECUTE FUNCTION refuse_change('points change by a row in loyalty_entries only');
"""
NO_TRIGGERS = """
DROP TRIGGER customers_points_by_entry ON customers;
DROP TRIGGER customers_start_without_points ON customers;
DROP FUNCTION apply_loyalty_entries() CASCADE;
"""
APP_ROLE = settings.DATABASE_APP_ROLE.replace('"', '""')
# Where one role does everything it must keep its rights: it owns the tables.
RESTRICTIONS = f"""
DO $$
BEGIN
    IF current_user::regrole <> '"{APP_ROLE.replace("'", "''")}"'::regrole THEN
        REVOKE UPDATE, DELETE ON loyalty_entries FROM "{APP_ROLE}";
    END IF;
END;
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0025_saved_items'),
    ]

    operations = [
        migrations.CreateModel(
            name='LoyaltyEntry',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('points', models.IntegerField(help_text='Positive when the customer got them, negative when they lost them.')),
                ('reason', models.CharField(choices=[('earned', 'Earned'), ('taken_back', 'Taken Back'), ('spent', 'Spent'), ('given_back', 'Given Back'), ('correction', 'Correction')], max_length=20)),
                ('actor', models.CharField(help_text="A user's id, or the job that did it.", max_length=100)),
                ('note', models.CharField(blank=True, db_default='', default='', max_length=200)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
            ],
            options={
                'verbose_name_plural': 'loyalty entries',
                'db_table': 'loyalty_entries',
                'ordering': ['created_at', 'id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='customer',
            name='customers_loyalty_points_check',
        ),
        migrations.AlterField(
            model_name='customer',
            name='loyalty_points',
            field=smartseller.database.KeptIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='loyaltyentry',
            name='customer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='loyalty_entries', to='tenant_shop.customer'),
        ),
        migrations.AddField(
            model_name='loyaltyentry',
            name='order',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='loyalty_entries', to='tenant_shop.order'),
        ),
        migrations.AddIndex(
            model_name='loyaltyentry',
            index=models.Index(fields=['customer', 'created_at'], name='idx_loyalty_customer'),
        ),
        migrations.AddIndex(
            model_name='loyaltyentry',
            index=models.Index(fields=['order'], name='idx_loyalty_order'),
        ),
        migrations.AddConstraint(
            model_name='loyaltyentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('points__gt', 0), ('reason__in', ['earned', 'given_back'])), models.Q(('points__lt', 0), ('reason__in', ['taken_back', 'spent'])), models.Q(('reason', 'correction'), models.Q(('points', 0), _negated=True)), _connector='OR'), name='loyalty_entries_points_check'),
        ),
        migrations.AddConstraint(
            model_name='loyaltyentry',
            constraint=models.UniqueConstraint(condition=models.Q(('reason__in', ['earned', 'spent', 'given_back'])), fields=('order', 'reason'), name='loyalty_entries_once_per_order'),
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(RESTRICTIONS, migrations.RunSQL.noop),
    ]
