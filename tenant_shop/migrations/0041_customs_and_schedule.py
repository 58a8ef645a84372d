"""What customs ask of goods, and changes of products that wait for their moment."""

import django.contrib.postgres.functions
import django.db.models.deletion
import smartseller.database
import smartseller.ids
from django.db import migrations, models


FOREIGN_KEY = """
ALTER TABLE scheduled_changes ADD CONSTRAINT scheduled_changes_product_id_fkey
    FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0040_pieces_never_sent'),
    ]

    operations = [
        migrations.CreateModel(
            name='ScheduledChange',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('due_at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('publish', 'Put on sale'), ('take_off', 'Take off sale'), ('price', 'Change the price')], max_length=20)),
                ('price', models.DecimalField(blank=True, decimal_places=3, max_digits=13, null=True)),
                ('compare_at_price', models.DecimalField(blank=True, decimal_places=3, help_text='Empty: none from then on.', max_digits=13, null=True)),
                ('actor', models.CharField(blank=True, editable=False, help_text="A user's id.", max_length=100, null=True)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('done_at', models.DateTimeField(blank=True, editable=False, help_text='When it was made, or refused.', null=True)),
                ('problem', models.TextField(blank=True, editable=False, help_text='Why it could not be made.', null=True)),
            ],
            options={
                'db_table': 'scheduled_changes',
                'ordering': ['due_at', 'id'],
            },
        ),
        migrations.AddField(
            model_name='product',
            name='customs_code',
            field=models.CharField(blank=True, db_default='', default='', help_text='Of the Harmonized System, as in 6109.10.', max_length=20),
        ),
        migrations.AddField(
            model_name='product',
            name='origin_country',
            field=models.CharField(blank=True, db_default='', default='', help_text='ISO 3166-1 alpha-2.', max_length=2),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('customs_code__regex', '^([0-9]{4,12})?$')), name='products_customs_code_check'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('origin_country__regex', '^([A-Z]{2})?$')), name='products_origin_check'),
        ),
        migrations.AddField(
            model_name='scheduledchange',
            name='product',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='scheduled', to='tenant_shop.product'),
        ),
        migrations.AddIndex(
            model_name='scheduledchange',
            index=models.Index(fields=['product'], name='idx_scheduled_changes_product'),
        ),
        migrations.AddIndex(
            model_name='scheduledchange',
            index=models.Index(condition=models.Q(('done_at__isnull', True)), fields=['due_at'], name='idx_scheduled_changes_due'),
        ),
        migrations.AddConstraint(
            model_name='scheduledchange',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['publish', 'take_off', 'price'])), name='scheduled_changes_kind_check'),
        ),
        migrations.AddConstraint(
            model_name='scheduledchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'price'), ('price__gte', 0), ('price__isnull', False)), models.Q(models.Q(('kind', 'price'), _negated=True), ('compare_at_price', None), ('price', None)), _connector='OR'), name='scheduled_changes_price_check'),
        ),
        migrations.AddConstraint(
            model_name='scheduledchange',
            constraint=models.CheckConstraint(condition=models.Q(('compare_at_price__gte', 0)), name='scheduled_changes_compare_at_check'),
        ),
        migrations.RunSQL(FOREIGN_KEY, "ALTER TABLE scheduled_changes DROP CONSTRAINT scheduled_changes_product_id_fkey"),
    ]
