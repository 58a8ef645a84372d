"""A submission's key on provisioning runs, and milliseconds with decimals on their steps."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('platform_core', '0004_default_plans_and_server'),
    ]

    operations = [
        migrations.AddField(
            model_name='provisioningrun',
            name='request_key',
            field=models.CharField(blank=True, help_text='Names one submission: the same one twice makes one shop.', max_length=64, null=True),
        ),
        migrations.AlterField(
            model_name='provisioningstep',
            name='ms',
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='templateversion',
            name='schema_digest',
            field=models.CharField(help_text='SHA-256 over its migrations, hexadecimal.', max_length=64),
        ),
        migrations.AddConstraint(
            model_name='provisioningrun',
            constraint=models.UniqueConstraint(fields=('request_key',), name='provisioning_runs_request_key_key'),
        ),
    ]
