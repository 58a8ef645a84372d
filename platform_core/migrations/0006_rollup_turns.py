"""When shops are due to be rolled up, what they said of each day, and what nobody measures is NULL."""

import django.contrib.postgres.functions
import django.db.models.deletion
import smartseller.ids
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('platform_core', '0005_provisioning_request_key'),
    ]

    operations = [
        migrations.AlterField(
            model_name='platformmetric',
            name='avg_response_time_ms',
            field=models.IntegerField(blank=True, db_default=0, default=0, null=True),
        ),
        migrations.AlterField(
            model_name='platformmetric',
            name='total_api_calls',
            field=models.IntegerField(blank=True, db_default=0, default=0, null=True),
        ),
        migrations.AlterField(
            model_name='platformmetric',
            name='uptime_percentage',
            field=models.DecimalField(blank=True, db_default=Decimal('100.00'), decimal_places=2, default=Decimal('100.00'), max_digits=5, null=True),
        ),
        migrations.CreateModel(
            name='PlatformSales',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('date', models.DateField()),
                ('currency', models.CharField(help_text='ISO 4217 code.', max_length=3)),
                ('tenants', models.IntegerField(help_text='Shops that sold something, or gave something back.')),
                ('orders', models.IntegerField()),
                ('revenue', models.DecimalField(decimal_places=3, help_text='In `currency`.', max_digits=17)),
            ],
            options={
                'verbose_name_plural': 'platform sales',
                'db_table': 'platform_sales',
                'ordering': ['-date', 'currency'],
                'constraints': [models.UniqueConstraint(fields=('date', 'currency'), name='platform_sales_date_currency_key')],
            },
        ),
        migrations.CreateModel(
            name='RollupTurn',
            fields=[
                ('tenant', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='rollup_turn', serialize=False, to='platform_core.tenant')),
                ('timezone', models.CharField(help_text="The shop's own, as it last said.", max_length=50)),
                ('midnight_at', models.DateTimeField(help_text="The shop's midnight that ends the day to be closed next.")),
                ('due_at', models.DateTimeField(help_text='That midnight, or the next refresh of today before it.')),
                ('taken_until', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, help_text='When all changes were last rolled up.', null=True)),
                ('refreshed_at', models.DateTimeField(blank=True, help_text='When today was.', null=True)),
                ('failures', models.IntegerField(db_default=0, default=0, help_text='In a row.')),
                ('last_error', models.TextField(blank=True, db_default='', default='')),
            ],
            options={
                'db_table': 'rollup_turns',
                'ordering': ['due_at'],
                'indexes': [models.Index(fields=['due_at'], name='idx_rollup_turns_due')],
            },
        ),
        migrations.CreateModel(
            name='TenantMetric',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('date', models.DateField()),
                ('currency', models.CharField(help_text='ISO 4217 code.', max_length=3)),
                ('orders', models.IntegerField()),
                ('revenue', models.DecimalField(decimal_places=3, help_text='In `currency`.', max_digits=15)),
                ('customers', models.IntegerField(help_text='At the end of the day.')),
                ('products', models.IntegerField(help_text='At the end of the day.')),
                ('is_added_up', models.BooleanField(db_default=False, default=False, help_text="Whether the platform's own figures have it.")),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='metrics', to='platform_core.tenant')),
            ],
            options={
                'db_table': 'tenant_metrics',
                'ordering': ['-date'],
                'indexes': [models.Index(fields=['date'], name='idx_tenant_metrics_date'), models.Index(condition=models.Q(('is_added_up', False)), fields=['date'], name='idx_tenant_metrics_waiting')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'date'), name='tenant_metrics_tenant_date_key')],
            },
        ),
    ]
