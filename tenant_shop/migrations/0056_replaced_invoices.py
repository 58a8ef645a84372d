"""An order that is changed has its invoice credited and replaced; numbers may begin higher."""

import django.db.models.deletion
from django.db import migrations, models

FOREIGN_KEY = (
    "ALTER TABLE documents ADD CONSTRAINT documents_replaces_id_fkey "
    "FOREIGN KEY (replaces_id) REFERENCES documents (id) ON DELETE NO ACTION;"
)
NO_FOREIGN_KEY = "ALTER TABLE documents DROP CONSTRAINT documents_replaces_id_fkey;"


def counting(condition: str) -> str:
    return f"""
    DROP TRIGGER document_counters_count_on ON document_counters;
    CREATE TRIGGER document_counters_count_on BEFORE UPDATE ON document_counters
        FOR EACH ROW WHEN (NEW.kind <> OLD.kind OR {condition})
        EXECUTE FUNCTION refuse_change('numbers of documents are counted one by one');
    """


ONE_BY_ONE = counting("NEW.last_number <> OLD.last_number + 1")
OR_BEGINNING_HIGHER = counting(
    "NEW.ahead < OLD.ahead OR NEW.last_number < OLD.last_number OR NEW.last_number > OLD.last_number + 1"
)


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0055_review_replies'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='replaces',
            field=models.OneToOneField(blank=True, db_constraint=False, help_text='Of an invoice: the one before it, of the same order.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='tenant_shop.document'),
        ),
        migrations.AddField(
            model_name='documentcounter',
            name='ahead',
            field=models.BigIntegerField(db_default=0, default=0, help_text='By how much the number that is written is higher.'),
        ),
        migrations.AlterField(
            model_name='documentcounter',
            name='last_number',
            field=models.BigIntegerField(help_text='As it is counted: 1 for the first of its kind.'),
        ),
        migrations.RemoveConstraint(model_name='document', name='documents_about_key'),
        migrations.RemoveConstraint(model_name='document', name='documents_invoice_key'),
        migrations.RemoveConstraint(model_name='document', name='documents_kind_check'),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(fields=('invoice', 'about'), name='documents_about_key'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'invoice'), ('replaces', None)), fields=('order',), name='documents_invoice_key'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('about', None), ('invoice', None), ('kind', 'invoice')), models.Q(('about__isnull', False), ('invoice__isnull', False), ('kind', 'credit_note'), ('replaces', None), ('total_amount__gt', 0)), _connector='OR'), name='documents_kind_check'),
        ),
        migrations.AddConstraint(
            model_name='documentcounter',
            constraint=models.CheckConstraint(condition=models.Q(('ahead__gte', 0)), name='document_counters_ahead_check'),
        ),
        migrations.RunSQL(FOREIGN_KEY, NO_FOREIGN_KEY),
        migrations.RunSQL(OR_BEGINNING_HIGHER, ONE_BY_ONE),
    ]
