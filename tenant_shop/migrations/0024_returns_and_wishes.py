"""What customers want to send back, and what they would like to have; one review of a product from each of them."""

import django.contrib.postgres.functions
import django.db.models.deletion
import smartseller.database
import smartseller.ids
from django.db import migrations, models


KEYS = (
    ("returns", "order_id", "orders", "CASCADE"),
    ("returns", "customer_id", "customers", "SET NULL"),
    ("return_lines", "return_id", "returns", "CASCADE"),
    ("return_lines", "order_item_id", "order_items", "CASCADE"),
    ("wishlist_items", "customer_id", "customers", "CASCADE"),
    ("wishlist_items", "product_id", "products", "CASCADE"),
)
FOREIGN_KEYS = "".join(
    f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fkey "
    f"FOREIGN KEY ({column}) REFERENCES {target} (id) ON DELETE {rule};"
    for table, column, target, rule in KEYS
)
NO_FOREIGN_KEYS = "".join(f"ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_fkey;" for table, column, *_ in KEYS)
TRIGGER = """
CREATE TRIGGER update_returns_updated_at BEFORE UPDATE ON returns
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tenant_shop", "0023_shipping_zones"),
    ]

    operations = [
        migrations.CreateModel(
            name="Return",
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
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("approved", "Approved"),
                            ("received", "Received"),
                            ("refunded", "Refunded"),
                            ("declined", "Declined"),
                        ],
                        db_default="requested",
                        default="requested",
                        max_length=20,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("damaged", "Damaged"),
                            ("wrong_item", "Wrong Item"),
                            ("not_as_described", "Not As Described"),
                            ("does_not_fit", "Does Not Fit"),
                            ("changed_mind", "Changed Mind"),
                        ],
                        max_length=20,
                    ),
                ),
                ("note", models.TextField(blank=True, db_default="", default="")),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
            ],
            options={
                "db_table": "returns",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ReturnLine",
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
                ("quantity", models.IntegerField()),
            ],
            options={
                "db_table": "return_lines",
            },
        ),
        migrations.CreateModel(
            name="WishlistItem",
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
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
            ],
            options={
                "db_table": "wishlist_items",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.AddConstraint(
            model_name="productreview",
            constraint=models.UniqueConstraint(fields=("product", "customer"), name="product_reviews_one_each"),
        ),
        migrations.AddField(
            model_name="return",
            name="customer",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="returns",
                to="tenant_shop.customer",
            ),
        ),
        migrations.AddField(
            model_name="return",
            name="order",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="returns",
                to="tenant_shop.order",
            ),
        ),
        migrations.AddField(
            model_name="returnline",
            name="order_item",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="return_lines",
                to="tenant_shop.orderitem",
            ),
        ),
        migrations.AddField(
            model_name="returnline",
            name="parent",
            field=models.ForeignKey(
                db_column="return_id",
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="tenant_shop.return",
            ),
        ),
        migrations.AddField(
            model_name="wishlistitem",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="wishes",
                to="tenant_shop.customer",
            ),
        ),
        migrations.AddField(
            model_name="wishlistitem",
            name="product",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenant_shop.product",
            ),
        ),
        migrations.AddIndex(
            model_name="return",
            index=models.Index(fields=["order"], name="idx_returns_order"),
        ),
        migrations.AddIndex(
            model_name="return",
            index=models.Index(fields=["customer"], name="idx_returns_customer"),
        ),
        migrations.AddIndex(
            model_name="return",
            index=models.Index(fields=["status", "created_at"], name="idx_returns_status"),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["requested", "approved", "received", "refunded", "declined"])),
                name="returns_status_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason__in", ["damaged", "wrong_item", "not_as_described", "does_not_fit", "changed_mind"])
                ),
                name="returns_reason_check",
            ),
        ),
        migrations.AddIndex(
            model_name="returnline",
            index=models.Index(fields=["order_item"], name="idx_return_lines_item"),
        ),
        migrations.AddConstraint(
            model_name="returnline",
            constraint=models.UniqueConstraint(fields=("parent", "order_item"), name="return_lines_item_key"),
        ),
        migrations.AddConstraint(
            model_name="returnline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="return_lines_quantity_check"
            ),
        ),
        migrations.AddIndex(
            model_name="wishlistitem",
            index=models.Index(fields=["product"], name="idx_wishlist_items_product"),
        ),
        migrations.AddConstraint(
            model_name="wishlistitem",
            constraint=models.UniqueConstraint(fields=("customer", "product"), name="wishlist_items_one_each"),
        ),
        migrations.RunSQL(FOREIGN_KEYS, NO_FOREIGN_KEYS),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER update_returns_updated_at ON returns"),
    ]
