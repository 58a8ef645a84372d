from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('platform_core', '0037_backups_on_request'),
    ]

    operations = [
        migrations.AddField(
            model_name='provisioningstep',
            name='done_bytes',
            field=models.BigIntegerField(db_default=0, default=0, help_text='What a step that copies has copied so far.'),
        ),
    ]
