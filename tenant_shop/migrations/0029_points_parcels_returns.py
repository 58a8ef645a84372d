"""Points that are spent, parcels of their own, and the shop's answer to a return."""

from decimal import Decimal

import django.contrib.postgres.functions
import django.db.models.deletion
import smartseller.database
import smartseller.ids
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

KEYS = """
ALTER TABLE shipments ADD CONSTRAINT shipments_order_id_fkey
    FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE;
"""
# As before, and: no order gives more points back than it has spent. The customers are locked, so the sums stand.
FUNCTION = """
CREATE OR REPLACE FUNCTION apply_loyalty_entries() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    short UUID;
BEGIN
    PERFORM FROM customers WHERE id IN (SELECT customer_id FROM added) ORDER BY id FOR NO KEY UPDATE;
    UPDATE customers SET loyalty_points = loyalty_points + gained.points
    FROM (SELECT customer_id, sum(points) AS points FROM added GROUP BY customer_id) AS gained
    WHERE customers.id = gained.customer_id;

    SELECT id INTO short FROM customers
    WHERE loyalty_points < 0
      AND id IN (SELECT customer_id FROM added WHERE points < 0 AND reason <> 'taken_back')
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'customer % has not so many points', short
            USING ERRCODE = 'check_violation', TABLE = 'customers', CONSTRAINT = 'customers_loyalty_points_check';
    END IF;
{given_back}    RETURN NULL;
END;
$$;
"""
GIVEN_BACK = """
    SELECT order_id INTO short FROM loyalty_entries
    WHERE reason IN ('spent', 'given_back')
      AND order_id IN (SELECT order_id FROM added WHERE reason = 'given_back')
    GROUP BY order_id HAVING sum(points) > 0
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'order % has not spent so many points', short
            USING ERRCODE = 'check_violation', TABLE = 'loyalty_entries',
                  CONSTRAINT = 'loyalty_entries_given_back_check';
    END IF;
"""
APP_ROLE = settings.DATABASE_APP_ROLE.replace('"', '""')
# Where one role does everything it must keep its rights: it owns the tables.
RESTRICTIONS = f"""
DO $$
BEGIN
    IF current_user::regrole <> '"{APP_ROLE.replace("'", "''")}"'::regrole THEN
        REVOKE UPDATE, DELETE ON shipments FROM "{APP_ROLE}";
    END IF;
END;
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tenant_shop", "0028_refunds_that_failed"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="points_spent",
            field=models.IntegerField(db_default=0, default=0, help_text="Points of the customer's that it took."),
        ),
        migrations.AddField(
            model_name="order",
            name="points_amount",
            field=models.DecimalField(
                db_default=Decimal("0"),
                decimal_places=3,
                default=Decimal("0"),
                help_text="What of the discount the points took off.",
                max_digits=15,
            ),
        ),
        migrations.AddField(
            model_name="orderitem",
            name="points_amount",
            field=models.DecimalField(
                db_default=Decimal("0"),
                decimal_places=3,
                default=Decimal("0"),
                help_text="What of the discount the customer's points took off.",
                max_digits=15,
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=Q(points_spent=0, points_amount=0)
                | Q(points_spent__gt=0, points_amount__gt=0, points_amount__lte=F("discount_amount")),
                name="orders_points_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderitem",
            constraint=models.CheckConstraint(
                condition=Q(points_amount__gte=0, points_amount__lte=F("discount_amount")),
                name="order_items_points_amount_check",
            ),
        ),
        migrations.AddField(
            model_name="return",
            name="answer",
            field=models.TextField(blank=True, db_default="", default="", help_text="The shop's words to the customer."),
        ),
        migrations.AlterField(
            model_name="return",
            name="note",
            field=models.TextField(blank=True, db_default="", default="", help_text="The customer's words."),
        ),
        migrations.RemoveConstraint(
            model_name="loyaltyentry",
            name="loyalty_entries_once_per_order",
        ),
        migrations.AddConstraint(
            model_name="loyaltyentry",
            constraint=models.UniqueConstraint(
                condition=Q(reason__in=["earned", "spent"]),
                fields=("order", "reason"),
                name="loyalty_entries_once_per_order",
            ),
        ),
        migrations.CreateModel(
            name="Shipment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        default=smartseller.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("carrier", models.CharField(blank=True, db_default="", default="", max_length=100)),
                ("tracking_number", models.CharField(blank=True, db_default="", default="", max_length=100)),
                (
                    "tracking_url",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Where the parcel is followed.",
                        max_length=500,
                    ),
                ),
                ("lines", models.JSONField(help_text='[{"item": id, "quantity": pieces}]')),
                ("key", models.CharField(help_text="Names a submission; the same one sends once.", max_length=64)),
                ("actor", models.CharField(help_text="A user's id.", max_length=100)),
                ("created_at", models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="shipments",
                        to="tenant_shop.order",
                    ),
                ),
            ],
            options={
                "db_table": "shipments",
                "ordering": ["created_at", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("order", "key"), name="shipments_key"),
                    models.CheckConstraint(
                        condition=Q(tracking_url="") | Q(tracking_url__regex=r"^https?://"),
                        name="shipments_tracking_url_check",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEYS, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTION.format(given_back=GIVEN_BACK), FUNCTION.format(given_back="")),
        migrations.RunSQL(RESTRICTIONS, migrations.RunSQL.noop),
    ]
