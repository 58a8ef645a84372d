"""Events as integrators are told of them, their way to endpoints, and what is recorded of rows by the database itself.

Why triggers: docs/decisions/0019-events-of-rows-are-recorded-by-triggers.md.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.deletion
import smartseller.database
import smartseller.ids
from django.db import migrations, models


FOREIGN_KEYS = """
ALTER TABLE webhook_deliveries ADD CONSTRAINT webhook_deliveries_webhook_id_fkey
    FOREIGN KEY (webhook_id) REFERENCES webhooks (id) ON DELETE CASCADE;
ALTER TABLE webhook_deliveries ADD CONSTRAINT webhook_deliveries_event_id_fkey
    FOREIGN KEY (event_id) REFERENCES events (id) ON DELETE CASCADE;
"""
NO_FOREIGN_KEYS = """
ALTER TABLE webhook_deliveries DROP CONSTRAINT webhook_deliveries_webhook_id_fkey;
ALTER TABLE webhook_deliveries DROP CONSTRAINT webhook_deliveries_event_id_fkey;
"""

# Arguments: the first word of the topics; columns whose change alone is no news; columns that say what was deleted.
# A shop without endpoints and keys records nothing, and pays one look into two small tables for each statement.
RECORDING = """
CREATE FUNCTION somebody_listens() RETURNS BOOLEAN LANGUAGE sql STABLE AS $$
SELECT EXISTS (SELECT FROM webhooks) OR EXISTS (SELECT FROM api_keys WHERE kind = 'secret' AND revoked_at IS NULL)
$$;

CREATE FUNCTION record_added_rows() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF somebody_listens() THEN
        INSERT INTO outbox_events (topic, payload)
        SELECT TG_ARGV[0] || '.created', jsonb_build_object('id', id) FROM fresh;
    END IF;
    RETURN NULL;
END;
$$;

CREATE FUNCTION record_changed_rows() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF somebody_listens() THEN
        INSERT INTO outbox_events (topic, payload)
        SELECT TG_ARGV[0] || '.updated', jsonb_build_object('id', fresh.id)
        FROM fresh JOIN was ON was.id = fresh.id
        WHERE to_jsonb(fresh) - TG_ARGV[1]::TEXT[] <> to_jsonb(was) - TG_ARGV[1]::TEXT[];
    END IF;
    RETURN NULL;
END;
$$;

CREATE FUNCTION record_deleted_rows() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF somebody_listens() THEN
        INSERT INTO outbox_events (topic, payload)
        SELECT TG_ARGV[0] || '.deleted', (
            SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(was))
            WHERE key = ANY (TG_ARGV[1]::TEXT[])
        )
        FROM was;
    END IF;
    RETURN NULL;
END;
$$;

CREATE FUNCTION record_low_stock() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF somebody_listens() THEN
        INSERT INTO outbox_events (topic, payload)
        SELECT 'stock.low', jsonb_build_object('id', fresh.id)
        FROM fresh JOIN was ON was.id = fresh.id WHERE fresh.runs_low AND NOT was.runs_low;
    END IF;
    RETURN NULL;
END;
$$;

CREATE FUNCTION record_refund_states() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF somebody_listens() THEN
        INSERT INTO outbox_events (topic, payload)
        SELECT 'refund.' || fresh.state, jsonb_build_object('id', fresh.id)
        FROM fresh JOIN was ON was.id = fresh.id WHERE fresh.state <> was.state AND fresh.state <> 'pending';
    END IF;
    RETURN NULL;
END;
$$;

CREATE FUNCTION record_review_states() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF somebody_listens() THEN
        INSERT INTO outbox_events (topic, payload)
        SELECT 'review.' || fresh.status, jsonb_build_object('id', fresh.id)
        FROM fresh JOIN was ON was.id = fresh.id WHERE fresh.status <> was.status AND fresh.status <> 'pending';
    END IF;
    RETURN NULL;
END;
$$;

-- Whoever commits hears of it, and wakes the relay (integrations.wake). INFO reaches the client whatever its settings.
CREATE FUNCTION tell_of_events() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF somebody_listens()
        AND EXISTS (SELECT FROM fresh WHERE topic NOT LIKE 'mail.%' AND topic NOT LIKE 'audit.%')
    THEN
        RAISE INFO 'events';
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER outbox_events_told AFTER INSERT ON outbox_events
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION tell_of_events();

CREATE TRIGGER products_tell_added AFTER INSERT ON products
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION record_added_rows('product');
CREATE TRIGGER products_tell_changed AFTER UPDATE ON products
    REFERENCING OLD TABLE AS was NEW TABLE AS fresh FOR EACH STATEMENT
    EXECUTE FUNCTION record_changed_rows('product', '{updated_at,runs_low}');
CREATE TRIGGER products_tell_deleted AFTER DELETE ON products
    REFERENCING OLD TABLE AS was FOR EACH STATEMENT
    EXECUTE FUNCTION record_deleted_rows('product', '{id,name,slug,sku}');
CREATE TRIGGER products_tell_ran_low AFTER UPDATE ON products
    REFERENCING OLD TABLE AS was NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION record_low_stock();

CREATE TRIGGER customers_tell_added AFTER INSERT ON customers
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION record_added_rows('customer');
CREATE TRIGGER customers_tell_changed AFTER UPDATE ON customers
    REFERENCING OLD TABLE AS was NEW TABLE AS fresh FOR EACH STATEMENT
    EXECUTE FUNCTION record_changed_rows('customer', '{updated_at,password_hash,password_changed_at,last_login_at,failed_login_attempts,locked_until,total_orders,total_spent}');
CREATE TRIGGER customers_tell_deleted AFTER DELETE ON customers
    REFERENCING OLD TABLE AS was FOR EACH STATEMENT EXECUTE FUNCTION record_deleted_rows('customer', '{id}');

CREATE TRIGGER product_reviews_tell_added AFTER INSERT ON product_reviews
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION record_added_rows('review');
CREATE TRIGGER product_reviews_tell_changed AFTER UPDATE ON product_reviews
    REFERENCING OLD TABLE AS was NEW TABLE AS fresh FOR EACH STATEMENT
    EXECUTE FUNCTION record_changed_rows('review', '{updated_at,helpful_votes,status}');
CREATE TRIGGER product_reviews_tell_decided AFTER UPDATE ON product_reviews
    REFERENCING OLD TABLE AS was NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION record_review_states();
CREATE TRIGGER product_reviews_tell_deleted AFTER DELETE ON product_reviews
    REFERENCING OLD TABLE AS was FOR EACH STATEMENT EXECUTE FUNCTION record_deleted_rows('review', '{id,product_id}');

CREATE TRIGGER payment_refunds_tell_added AFTER INSERT ON payment_refunds
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION record_added_rows('refund');
CREATE TRIGGER payment_refunds_tell_moved AFTER UPDATE ON payment_refunds
    REFERENCING OLD TABLE AS was NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION record_refund_states();
"""
NO_RECORDING = """
DROP FUNCTION record_added_rows() CASCADE; DROP FUNCTION record_changed_rows() CASCADE;
DROP FUNCTION record_deleted_rows() CASCADE; DROP FUNCTION record_low_stock() CASCADE;
DROP FUNCTION record_refund_states() CASCADE; DROP FUNCTION record_review_states() CASCADE;
DROP FUNCTION tell_of_events() CASCADE; DROP FUNCTION somebody_listens();
"""
# Nobody was listening to what happened until now: it is not told as news.
OLD_NEWS = """
UPDATE outbox_events SET delivered_at = CURRENT_TIMESTAMP
WHERE delivered_at IS NULL AND topic NOT LIKE 'mail.%' AND topic NOT LIKE 'audit.%';
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0064_api_calls'),
    ]

    operations = [
        migrations.AddField(
            model_name='webhook',
            name='failing_since',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='webhook',
            name='off_because',
            field=models.CharField(blank=True, choices=[('by_hand', 'Switched off by hand'), ('gone', 'The receiver answered that it is gone (410)'), ('failing', 'It failed for days')], db_default='', default='', max_length=20),
        ),
        migrations.AddField(
            model_name='webhook',
            name='paused_until',
            field=models.DateTimeField(blank=True, help_text='It is left alone until then.', null=True),
        ),
        migrations.AddField(
            model_name='webhook',
            name='previous_secret',
            field=models.CharField(blank=True, help_text='Signs as well; sealed.', max_length=255, null=True),
        ),
        migrations.AddField(
            model_name='webhook',
            name='previous_secret_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='webhook',
            name='warned_at',
            field=models.DateTimeField(blank=True, help_text='When the shop was told that it fails.', null=True),
        ),
        migrations.AlterField(
            model_name='outboxevent',
            name='topic',
            field=models.CharField(help_text='Such as order.created.', max_length=100),
        ),
        migrations.AlterField(
            model_name='webhook',
            name='events',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), help_text='Topics, such as order.created.', size=None),
        ),
        migrations.AlterField(
            model_name='webhook',
            name='retry_count',
            field=models.IntegerField(db_default=3, default=3, help_text='Attempts after the first.'),
        ),
        migrations.AlterField(
            model_name='webhook',
            name='secret',
            field=models.CharField(blank=True, help_text='Signs what is sent; sealed.', max_length=255, null=True),
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('position', models.BigIntegerField(unique=True)),
                ('type', models.CharField(help_text='Such as order.created.', max_length=100)),
                ('subject_id', models.UUIDField(blank=True, help_text='The object that it tells of.', null=True)),
                ('data', models.JSONField()),
                ('occurred_at', models.DateTimeField()),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
            ],
            options={
                'db_table': 'events',
                'ordering': ['position'],
                'indexes': [models.Index(fields=['created_at'], name='idx_events_created_at'), models.Index(fields=['subject_id'], name='idx_events_subject')],
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('delivered', 'Delivered'), ('failed', 'Failed')], db_default='waiting', default='waiting', max_length=10)),
                ('attempts', models.IntegerField(db_default=0, default=0)),
                ('next_attempt_at', models.DateTimeField(blank=True, help_text='Not to be tried before.', null=True)),
                ('last_attempt_at', models.DateTimeField(blank=True, null=True)),
                ('delivered_at', models.DateTimeField(blank=True, null=True)),
                ('response_status', models.IntegerField(blank=True, null=True)),
                ('response_body', models.TextField(blank=True, db_default='', default='', help_text='Its beginning.')),
                ('error', models.CharField(blank=True, db_default='', default='', max_length=300)),
                ('milliseconds', models.IntegerField(blank=True, help_text='How long the last attempt took.', null=True)),
                ('log', models.JSONField(blank=True, db_default=[], default=list)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('event', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='tenant_shop.event')),
                ('webhook', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='tenant_shop.webhook')),
            ],
            options={
                'db_table': 'webhook_deliveries',
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['webhook', 'next_attempt_at'], name='idx_webhook_deliveries_due'), models.Index(fields=['event'], name='idx_webhook_deliveries_event'), models.Index(fields=['-created_at', '-id'], name='idx_webhook_deliveries_newest'), models.Index(condition=models.Q(('state', 'failed')), fields=['-created_at', '-id'], name='idx_webhook_deliveries_failed')],
                'constraints': [models.UniqueConstraint(fields=('webhook', 'event'), name='webhook_deliveries_once'), models.CheckConstraint(condition=models.Q(models.Q(('next_attempt_at', None), ('state__in', ['delivered', 'failed'])), models.Q(('next_attempt_at__isnull', False), ('state', 'waiting')), _connector='OR'), name='webhook_deliveries_state_check')],
            },
        ),
        migrations.RunSQL(FOREIGN_KEYS, NO_FOREIGN_KEYS),
        migrations.RunSQL(RECORDING, NO_RECORDING),
        migrations.RunSQL(OLD_NEWS, migrations.RunSQL.noop),
    ]
