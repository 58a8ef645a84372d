"""Sales by country and by hour and day, what was ordered before refunds, and when a day was added up."""

import django.contrib.postgres.functions
import smartseller.ids
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0038_typed_words_first'),
    ]

    operations = [
        migrations.AddField(
            model_name='analyticsdaily',
            name='gross_revenue',
            field=models.DecimalField(db_default=Decimal('0'), decimal_places=3, default=Decimal('0'), help_text='What its orders cost, before anything was given back.', max_digits=15),
        ),
        migrations.AddField(
            model_name='analyticsdaily',
            name='rolled_up_at',
            field=models.DateTimeField(editable=False, help_text='What was written before is in it.', null=True),
        ),
        migrations.CreateModel(
            name='CountryDaily',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('date', models.DateField()),
                ('country', models.CharField(blank=True, help_text='ISO 3166-1 alpha-2.', max_length=2)),
                ('orders', models.IntegerField(db_default=0, default=0)),
                ('revenue', models.DecimalField(db_default=Decimal('0'), decimal_places=3, default=Decimal('0'), max_digits=15)),
            ],
            options={
                'verbose_name_plural': 'daily sales by country',
                'db_table': 'analytics_country_daily',
                'ordering': ['-date', '-revenue'],
                'constraints': [models.UniqueConstraint(fields=('date', 'country'), name='analytics_country_daily_key')],
            },
        ),
        migrations.CreateModel(
            name='HourDaily',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('date', models.DateField()),
                ('hour', models.SmallIntegerField(help_text='From 0 to 23.')),
                ('orders', models.IntegerField(db_default=0, default=0)),
                ('revenue', models.DecimalField(db_default=Decimal('0'), decimal_places=3, default=Decimal('0'), max_digits=15)),
            ],
            options={
                'verbose_name_plural': 'daily sales by hour',
                'db_table': 'analytics_hour_daily',
                'ordering': ['-date', 'hour'],
                'constraints': [models.UniqueConstraint(fields=('date', 'hour'), name='analytics_hour_daily_key'), models.CheckConstraint(condition=models.Q(('hour__gte', 0), ('hour__lte', 23)), name='analytics_hour_daily_hour_check')],
            },
        ),
        # The next round adds every day up anew, and fills the new tables with it.
        migrations.RunSQL("DELETE FROM analytics_state", migrations.RunSQL.noop),
    ]
