"""How often the API of each shop was called on a day."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('platform_core', '0017_copies_and_erasures'),
    ]

    operations = [
        migrations.AddField(
            model_name='tenantmetric',
            name='api_calls',
            field=models.IntegerField(db_default=0, default=0, help_text='With a key of the shop.'),
        ),
    ]
