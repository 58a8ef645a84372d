"""Whose prices hold for a company."""

import django.db.models.deletion
from django.db import migrations, models


FOREIGN_KEY = """
ALTER TABLE companies ADD CONSTRAINT companies_group_id_fkey
    FOREIGN KEY (group_id) REFERENCES customer_groups (id) ON DELETE SET NULL;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0035_quotes'),
    ]

    operations = [
        migrations.AddField(
            model_name='company',
            name='group',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='Whose prices hold for all of its members, whatever group they are in themselves.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='companies', to='tenant_shop.customergroup'),
        ),
        migrations.RunSQL(FOREIGN_KEY, "ALTER TABLE companies DROP CONSTRAINT companies_group_id_fkey"),
    ]
