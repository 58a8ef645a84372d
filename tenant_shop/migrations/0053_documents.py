"""Invoices and credit notes as they were issued, and the counters of their numbers."""

import django.contrib.postgres.functions
import django.db.models.deletion
import smartseller.database
import smartseller.ids
from django.conf import settings
from django.db import migrations, models


KEYS = (("order_id", "orders"), ("invoice_id", "documents"))
FOREIGN_KEYS = "".join(
    f"ALTER TABLE documents ADD CONSTRAINT documents_{column}_fkey "
    f"FOREIGN KEY ({column}) REFERENCES {target} (id) ON DELETE NO ACTION;"
    for column, target in KEYS
)
TRIGGERS = """
CREATE TRIGGER documents_stand BEFORE UPDATE OR DELETE ON documents
    FOR EACH ROW EXECUTE FUNCTION refuse_change('documents are issued, never changed');
CREATE TRIGGER document_counters_count_on BEFORE UPDATE ON document_counters
    FOR EACH ROW WHEN (NEW.kind <> OLD.kind OR NEW.last_number <> OLD.last_number + 1)
    EXECUTE FUNCTION refuse_change('numbers of documents are counted one by one');
CREATE TRIGGER document_counters_stay BEFORE DELETE ON document_counters
    FOR EACH ROW EXECUTE FUNCTION refuse_change('numbers of documents are counted one by one');
"""

APP_ROLE = settings.DATABASE_APP_ROLE.replace('"', '""')
# Where one role does everything it must keep its rights: it owns the table.
RESTRICTIONS = f"""
DO $$
BEGIN
    IF current_user::regrole <> '"{APP_ROLE.replace("'", "''")}"'::regrole THEN
        REVOKE UPDATE, DELETE ON documents FROM "{APP_ROLE}";
    END IF;
END;
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0052_imports'),
    ]

    operations = [
        migrations.CreateModel(
            name='DocumentCounter',
            fields=[
                ('kind', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('last_number', models.BigIntegerField()),
            ],
            options={
                'db_table': 'document_counters',
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('invoice', 'Invoice'), ('credit_note', 'Credit Note')], max_length=20)),
                ('sequence', models.BigIntegerField(help_text='1 for the first of its kind.')),
                ('number', models.CharField(max_length=40)),
                ('about', models.UUIDField(blank=True, null=True)),
                ('currency', models.CharField(help_text='ISO 4217 code.', max_length=3)),
                ('total_amount', models.DecimalField(decimal_places=3, help_text='In `currency`, tax included.', max_digits=15)),
                ('tax_amount', models.DecimalField(decimal_places=3, max_digits=15)),
                ('content', models.JSONField(help_text='All that is printed, as it was when it was issued.')),
                ('actor', models.CharField(help_text="A user's id, or the job's name.", max_length=100)),
                ('issued_at', models.DateTimeField()),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('invoice', models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='Of a credit note: what it takes back from.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credit_notes', to='tenant_shop.document')),
                ('order', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='tenant_shop.order')),
            ],
            options={
                'db_table': 'documents',
                'ordering': ['created_at', 'id'],
                'indexes': [models.Index(fields=['order'], name='idx_documents_order'), models.Index(condition=models.Q(('invoice__isnull', False)), fields=['invoice'], name='idx_documents_invoice')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'sequence'), name='documents_sequence_key'), models.UniqueConstraint(fields=('number',), name='documents_number_key'), models.UniqueConstraint(fields=('about',), name='documents_about_key'), models.UniqueConstraint(condition=models.Q(('kind', 'invoice')), fields=('order',), name='documents_invoice_key'), models.CheckConstraint(condition=models.Q(models.Q(('about', None), ('invoice', None), ('kind', 'invoice')), models.Q(('about__isnull', False), ('invoice__isnull', False), ('kind', 'credit_note'), ('total_amount__gt', 0)), _connector='OR'), name='documents_kind_check'), models.CheckConstraint(condition=models.Q(('sequence__gt', 0)), name='documents_sequence_check'), models.CheckConstraint(condition=models.Q(('tax_amount__gte', 0), ('tax_amount__lte', models.F('total_amount')), ('total_amount__gte', 0)), name='documents_amounts_check'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='documents_currency_check')],
            },
        ),
        # With the tables go their keys and triggers.
        migrations.RunSQL(FOREIGN_KEYS + TRIGGERS + RESTRICTIONS, migrations.RunSQL.noop),
    ]
