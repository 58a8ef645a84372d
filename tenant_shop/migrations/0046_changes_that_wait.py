"""A change of e-mail address waits for the answers of both mailboxes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0045_credits'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='customertoken',
            name='customer_tokens_purpose_check',
        ),
        migrations.AlterField(
            model_name='customertoken',
            name='purpose',
            field=models.CharField(choices=[('register', 'Register'), ('reset', 'Reset'), ('confirm_email', 'Confirm Email'), ('move_email', 'Move Email'), ('undo_email', 'Undo Email'), ('erase', 'Erase'), ('join_company', 'Join Company')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='customertoken',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['register', 'reset', 'confirm_email', 'move_email', 'undo_email', 'erase', 'join_company'])), name='customer_tokens_purpose_check'),
        ),
    ]
