"""Accounts: where a customer is logged in, which links prove a mailbox, what was agreed to and when."""

import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.text
import smartseller.database
import smartseller.ids
import uuid
from django.db import migrations, models


TABLES = ("customer_consents", "customer_sessions", "customer_tokens")
FOREIGN_KEYS = "".join(
    f"ALTER TABLE {table} ADD CONSTRAINT {table}_customer_id_fkey "
    "FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE;"
    for table in TABLES
)
NO_FOREIGN_KEYS = "".join(f"ALTER TABLE {table} DROP CONSTRAINT {table}_customer_id_fkey;" for table in TABLES)


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0016_old_slugs_of_pages'),
    ]

    operations = [
        migrations.CreateModel(
            name='CustomerConsent',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('marketing_email', 'Marketing Email')], max_length=20)),
                ('is_granted', models.BooleanField()),
                ('place', models.CharField(help_text='Where it was given: registration, profile, erasure.', max_length=20)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
            ],
            options={
                'db_table': 'customer_consents',
                'ordering': ['created_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='CustomerSession',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('device', models.CharField(blank=True, help_text='What the browser calls itself.', max_length=255)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('last_seen_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp())),
            ],
            options={
                'db_table': 'customer_sessions',
                'ordering': ['-last_seen_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='CustomerToken',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('purpose', models.CharField(choices=[('register', 'Register'), ('reset', 'Reset'), ('confirm_email', 'Confirm Email'), ('undo_email', 'Undo Email'), ('erase', 'Erase')], max_length=20)),
                ('email', models.CharField(help_text='The mailbox that it was sent to, in lower case.', max_length=255)),
                ('payload', models.JSONField(blank=True, db_default={}, default=dict)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'customer_tokens',
            },
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(django.db.models.functions.text.Lower('customer_email'), condition=models.Q(('customer', None)), name='idx_orders_guest_email'),
        ),
        migrations.AddField(
            model_name='customerconsent',
            name='customer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='tenant_shop.customer'),
        ),
        migrations.AddField(
            model_name='customersession',
            name='customer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='tenant_shop.customer'),
        ),
        migrations.AddField(
            model_name='customertoken',
            name='customer',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenant_shop.customer'),
        ),
        migrations.AddIndex(
            model_name='customerconsent',
            index=models.Index(fields=['customer'], name='idx_customer_consents_customer'),
        ),
        migrations.AddConstraint(
            model_name='customerconsent',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'marketing_email')), name='customer_consents_kind_check'),
        ),
        migrations.AddIndex(
            model_name='customersession',
            index=models.Index(fields=['customer'], name='idx_customer_sessions_customer'),
        ),
        migrations.AddIndex(
            model_name='customersession',
            index=models.Index(fields=['last_seen_at'], name='idx_customer_sessions_seen'),
        ),
        migrations.AddIndex(
            model_name='customertoken',
            index=models.Index(fields=['customer'], name='idx_customer_tokens_customer'),
        ),
        migrations.AddIndex(
            model_name='customertoken',
            index=models.Index(fields=['expires_at'], name='idx_customer_tokens_expires_at'),
        ),
        migrations.AddConstraint(
            model_name='customertoken',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['register', 'reset', 'confirm_email', 'undo_email', 'erase'])), name='customer_tokens_purpose_check'),
        ),
        migrations.AddConstraint(
            model_name='customertoken',
            constraint=models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='customer_tokens_email_lower'),
        ),
        migrations.AddConstraint(
            model_name='customeraddress',
            constraint=models.UniqueConstraint(condition=models.Q(('is_default', True), ('type__in', ['shipping', 'both'])), fields=('customer',), name='customer_addresses_one_for_shipping'),
        ),
        migrations.AddConstraint(
            model_name='customeraddress',
            constraint=models.UniqueConstraint(condition=models.Q(('is_default', True), ('type__in', ['billing', 'both'])), fields=('customer',), name='customer_addresses_one_for_billing'),
        ),
        migrations.RunSQL(FOREIGN_KEYS, NO_FOREIGN_KEYS),
    ]
