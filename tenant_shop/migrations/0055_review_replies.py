"""The shop answers reviews, and remembers why one is kept back."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0054_saved_views'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='importrun',
            options={'ordering': ['-created_at', '-id'], 'verbose_name': 'import', 'verbose_name_plural': 'imports'},
        ),
        migrations.AddField(
            model_name='productreview',
            name='reason',
            field=models.TextField(blank=True, db_default='', default='', help_text='Why it is kept back; for the shop only.'),
        ),
        migrations.AddField(
            model_name='productreview',
            name='replied_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='productreview',
            name='reply',
            field=models.TextField(blank=True, db_default='', default='', help_text="The shop's answer, shown below it."),
        ),
        migrations.AddConstraint(
            model_name='productreview',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('replied_at', None), ('reply', '')), models.Q(models.Q(('reply', ''), _negated=True), ('replied_at__isnull', False)), _connector='OR'), name='product_reviews_reply_check'),
        ),
    ]
