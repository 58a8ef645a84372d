"""Credit notes: what was taken back from what was sold."""

import django.contrib.postgres.functions
import django.db.models.deletion
import smartseller.database
import smartseller.ids
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


KEYS = (
    ("credit_notes", "order_id", "orders", "NO ACTION"),
    ("credit_notes", "customer_id", "customers", "NO ACTION"),
    ("credit_note_lines", "credit_note_id", "credit_notes", "CASCADE"),
    ("credit_note_lines", "product_id", "products", "NO ACTION"),
)
FOREIGN_KEYS = "".join(
    f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fkey "
    f"FOREIGN KEY ({column}) REFERENCES {target} (id) ON DELETE {rule};"
    for table, column, target, rule in KEYS
)
TRIGGERS = """
CREATE TRIGGER credit_notes_stand BEFORE UPDATE OR DELETE ON credit_notes
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change('credit notes are added, never changed');
CREATE TRIGGER credit_note_lines_stand BEFORE UPDATE OR DELETE ON credit_note_lines
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change('credit notes are added, never changed');
"""

APP_ROLE = settings.DATABASE_APP_ROLE.replace('"', '""')
# Where one role does everything it must keep its rights: it owns the tables.
RESTRICTIONS = f"""
DO $$
BEGIN
    IF current_user::regrole <> '"{APP_ROLE.replace("'", "''")}"'::regrole THEN
        REVOKE UPDATE, DELETE ON credit_notes, credit_note_lines FROM "{APP_ROLE}";
    END IF;
END;
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', "0029_points_parcels_returns"),
    ]

    operations = [
        migrations.CreateModel(
            name='CreditNote',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=50)),
                ('country', models.CharField(blank=True, db_default='', default='', help_text='ISO 3166-1 alpha-2.', max_length=2)),
                ('currency', models.CharField(help_text='ISO 4217 code.', max_length=3)),
                ('total_amount', models.DecimalField(decimal_places=3, help_text='In `currency`, never negative.', max_digits=15)),
                ('issued_at', models.DateTimeField()),
                ('metadata', models.JSONField(blank=True, db_default={}, default=dict)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('customer', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credit_notes', to='tenant_shop.customer')),
                ('order', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credit_notes', to='tenant_shop.order')),
            ],
            options={
                'db_table': 'credit_notes',
                'ordering': ['-issued_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='CreditNoteLine',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('position', models.IntegerField(db_default=0, default=0)),
                ('product_name', models.CharField(max_length=255)),
                ('product_sku', models.CharField(max_length=100)),
                ('quantity', models.IntegerField()),
                ('unit_price', models.DecimalField(decimal_places=3, max_digits=13)),
                ('total_price', models.DecimalField(db_default=Decimal('0'), decimal_places=3, default=Decimal('0'), max_digits=15)),
                ('credit_note', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='lines', to='tenant_shop.creditnote')),
                ('product', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='credit_note_lines', to='tenant_shop.product')),
            ],
            options={
                'db_table': 'credit_note_lines',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.AddIndex(
            model_name='creditnote',
            index=models.Index(fields=['issued_at'], name='idx_credit_notes_issued_at'),
        ),
        migrations.AddIndex(
            model_name='creditnote',
            index=models.Index(fields=['order'], name='idx_credit_notes_order'),
        ),
        migrations.AddIndex(
            model_name='creditnote',
            index=models.Index(fields=['customer'], name='idx_credit_notes_customer'),
        ),
        migrations.AddConstraint(
            model_name='creditnote',
            constraint=models.UniqueConstraint(fields=('number',), name='credit_notes_number_key'),
        ),
        migrations.AddConstraint(
            model_name='creditnote',
            constraint=models.CheckConstraint(condition=models.Q(('total_amount__gte', 0)), name='credit_notes_amount_check'),
        ),
        migrations.AddConstraint(
            model_name='creditnote',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='credit_notes_currency_check'),
        ),
        migrations.AddIndex(
            model_name='creditnoteline',
            index=models.Index(fields=['credit_note'], name='idx_credit_note_lines_note'),
        ),
        migrations.AddIndex(
            model_name='creditnoteline',
            index=models.Index(fields=['product'], name='idx_credit_note_lines_product'),
        ),
        migrations.AddConstraint(
            model_name='creditnoteline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='credit_note_lines_quantity_check'),
        ),
        migrations.AddConstraint(
            model_name='creditnoteline',
            constraint=models.CheckConstraint(condition=models.Q(('total_price__gte', 0), ('unit_price__gte', 0)), name='credit_note_lines_amounts_check'),
        ),
        # With the tables go their keys and triggers.
        migrations.RunSQL(FOREIGN_KEYS + TRIGGERS + RESTRICTIONS, migrations.RunSQL.noop),
    ]
