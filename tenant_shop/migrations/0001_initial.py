"""The tables of a shop. Foreign keys, functions, triggers, rows and rights follow, subject by subject."""

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.contrib.postgres.indexes
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.text
import smartseller.database
import smartseller.ids
import tenant_shop.carts.models
import uuid
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="OrderCounter",
            fields=[
                (
                    "month",
                    models.IntegerField(
                        help_text="YYYYMM, in the shop's time zone.", primary_key=True, serialize=False
                    ),
                ),
                ("last_number", models.BigIntegerField()),
            ],
            options={
                "db_table": "order_counters",
            },
        ),
        migrations.CreateModel(
            name="SchemaVersion",
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
                ("version", models.CharField(max_length=20)),
                ("description", models.TextField(blank=True, null=True)),
                (
                    "applied_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
            ],
            options={
                "db_table": "schema_versions",
                "ordering": ["applied_at"],
            },
        ),
        migrations.CreateModel(
            name="Webhook",
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
                ("name", models.CharField(max_length=255)),
                ("url", models.CharField(max_length=500)),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), help_text="Topics, such as order.placed.", size=None
                    ),
                ),
                ("secret", models.CharField(blank=True, help_text="Signs what is sent.", max_length=255, null=True)),
                ("is_active", models.BooleanField(db_default=True, default=True)),
                ("retry_count", models.IntegerField(db_default=3, default=3)),
                ("timeout_seconds", models.IntegerField(db_default=30, default=30)),
                ("custom_headers", models.JSONField(blank=True, db_default={}, default=dict)),
                ("last_success_at", models.DateTimeField(blank=True, null=True)),
                ("last_failure_at", models.DateTimeField(blank=True, null=True)),
                ("failure_count", models.IntegerField(db_default=0, default=0)),
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
                "db_table": "webhooks",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="AnalyticsDaily",
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
                ("date", models.DateField()),
                (
                    "total_revenue",
                    models.DecimalField(db_default=Decimal("0"), decimal_places=3, default=Decimal("0"), max_digits=15),
                ),
                ("total_orders", models.IntegerField(db_default=0, default=0)),
                (
                    "average_order_value",
                    models.DecimalField(db_default=Decimal("0"), decimal_places=3, default=Decimal("0"), max_digits=13),
                ),
                ("new_customers", models.IntegerField(db_default=0, default=0)),
                ("returning_customers", models.IntegerField(db_default=0, default=0)),
                ("units_sold", models.IntegerField(db_default=0, default=0)),
                ("website_visitors", models.IntegerField(db_default=0, default=0)),
                ("page_views", models.IntegerField(db_default=0, default=0)),
                (
                    "conversion_rate",
                    models.DecimalField(
                        db_default=Decimal("0"),
                        decimal_places=2,
                        default=Decimal("0"),
                        help_text="In percent.",
                        max_digits=5,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
            ],
            options={
                "verbose_name_plural": "daily analytics",
                "db_table": "analytics_daily",
                "ordering": ["-date"],
                "indexes": [models.Index(fields=["date"], name="idx_analytics_daily_date")],
                "constraints": [models.UniqueConstraint(fields=("date",), name="analytics_daily_date_key")],
            },
        ),
        migrations.CreateModel(
            name="Brand",
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
                ("name", models.CharField(max_length=255)),
                ("slug", models.SlugField(db_index=False, max_length=255)),
                ("description", models.TextField(blank=True, null=True)),
                ("logo_url", models.CharField(blank=True, max_length=500, null=True)),
                ("website_url", models.CharField(blank=True, max_length=500, null=True)),
                ("is_active", models.BooleanField(db_default=True, default=True)),
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
                "db_table": "brands",
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(fields=("name",), name="brands_name_key"),
                    models.UniqueConstraint(fields=("slug",), name="brands_slug_key"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Category",
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
                ("name", models.CharField(max_length=255)),
                ("slug", models.SlugField(db_index=False, max_length=255)),
                ("description", models.TextField(blank=True, null=True)),
                ("image_url", models.CharField(blank=True, max_length=500, null=True)),
                ("sort_order", models.IntegerField(db_default=0, default=0)),
                ("is_active", models.BooleanField(db_default=True, default=True)),
                ("is_featured", models.BooleanField(db_default=False, default=False)),
                ("meta_title", models.CharField(blank=True, max_length=255, null=True)),
                ("meta_description", models.TextField(blank=True, null=True)),
                ("meta_keywords", models.CharField(blank=True, max_length=500, null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="children",
                        to="tenant_shop.category",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "categories",
                "db_table": "categories",
                "ordering": ["sort_order", "name"],
            },
        ),
        migrations.CreateModel(
            name="Customer",
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
                ("email", models.EmailField(max_length=255)),
                ("password_hash", models.CharField(editable=False, max_length=255)),
                ("first_name", models.CharField(blank=True, max_length=100, null=True)),
                ("last_name", models.CharField(blank=True, max_length=100, null=True)),
                ("phone", models.CharField(blank=True, max_length=20, null=True)),
                ("date_of_birth", models.DateField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("inactive", "Inactive"), ("suspended", "Suspended")],
                        db_default="active",
                        default="active",
                        max_length=20,
                    ),
                ),
                ("email_verified", models.BooleanField(db_default=False, default=False)),
                ("phone_verified", models.BooleanField(db_default=False, default=False)),
                ("marketing_consent", models.BooleanField(db_default=False, default=False)),
                ("language", models.CharField(db_default="en", default="en", max_length=5)),
                ("timezone", models.CharField(db_default="UTC", default="UTC", max_length=50)),
                (
                    "currency",
                    models.CharField(db_default="USD", default="USD", help_text="ISO 4217 code.", max_length=3),
                ),
                ("loyalty_points", models.IntegerField(db_default=0, default=0)),
                (
                    "loyalty_tier",
                    models.CharField(
                        choices=[
                            ("bronze", "Bronze"),
                            ("silver", "Silver"),
                            ("gold", "Gold"),
                            ("platinum", "Platinum"),
                        ],
                        db_default="bronze",
                        default="bronze",
                        max_length=20,
                    ),
                ),
                ("failed_login_attempts", models.IntegerField(db_default=0, default=0)),
                ("locked_until", models.DateTimeField(blank=True, null=True)),
                ("last_login_at", models.DateTimeField(blank=True, null=True)),
                ("password_changed_at", models.DateTimeField(db_default=smartseller.database.CurrentTimestamp())),
                ("total_orders", smartseller.database.KeptIntegerField(db_default=0, default=0, editable=False)),
                (
                    "total_spent",
                    smartseller.database.KeptDecimalField(
                        db_default=Decimal("0"), decimal_places=3, default=Decimal("0"), editable=False, max_digits=15
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                ("metadata", models.JSONField(blank=True, db_default={}, default=dict)),
            ],
            options={
                "db_table": "customers",
                "ordering": ["email"],
                "indexes": [
                    models.Index(fields=["status"], name="idx_customers_status"),
                    models.Index(fields=["created_at"], name="idx_customers_created_at"),
                    models.Index(fields=["loyalty_tier"], name="idx_customers_loyalty_tier"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("email",), name="customers_email_key"),
                    models.UniqueConstraint(django.db.models.functions.text.Lower("email"), name="idx_customers_email"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["active", "inactive", "suspended"])),
                        name="customers_status_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("loyalty_tier__in", ["bronze", "silver", "gold", "platinum"])),
                        name="customers_loyalty_tier_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("loyalty_points__gte", 0)), name="customers_loyalty_points_check"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerAddress",
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
                    "type",
                    models.CharField(
                        choices=[("shipping", "Shipping"), ("billing", "Billing"), ("both", "Both")],
                        db_default="shipping",
                        default="shipping",
                        max_length=20,
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=100, null=True)),
                ("last_name", models.CharField(blank=True, max_length=100, null=True)),
                ("company", models.CharField(blank=True, max_length=255, null=True)),
                ("address_line_1", models.CharField(max_length=255)),
                ("address_line_2", models.CharField(blank=True, max_length=255, null=True)),
                ("city", models.CharField(max_length=100)),
                ("state_province", models.CharField(blank=True, max_length=100, null=True)),
                ("postal_code", models.CharField(blank=True, max_length=20, null=True)),
                ("country", models.CharField(help_text="ISO 3166-1 code.", max_length=2)),
                ("is_default", models.BooleanField(db_default=False, default=False)),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="addresses",
                        to="tenant_shop.customer",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "customer addresses",
                "db_table": "customer_addresses",
            },
        ),
        migrations.CreateModel(
            name="DiscountCode",
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
                ("code", models.CharField(max_length=50)),
                ("name", models.CharField(max_length=255)),
                ("description", models.TextField(blank=True, null=True)),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("percentage", "Percentage"),
                            ("fixed_amount", "Fixed Amount"),
                            ("free_shipping", "Free Shipping"),
                        ],
                        max_length=20,
                    ),
                ),
                ("value", models.DecimalField(decimal_places=3, max_digits=13)),
                ("usage_limit", models.IntegerField(blank=True, help_text="Empty: no limit.", null=True)),
                ("usage_count", models.IntegerField(db_default=0, default=0)),
                ("usage_limit_per_customer", models.IntegerField(blank=True, help_text="Empty: no limit.", null=True)),
                ("minimum_order_amount", models.DecimalField(blank=True, decimal_places=3, max_digits=13, null=True)),
                (
                    "applicable_products",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(),
                        blank=True,
                        help_text="Empty: every product.",
                        null=True,
                        size=None,
                    ),
                ),
                (
                    "applicable_categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(),
                        blank=True,
                        help_text="Empty: every category.",
                        null=True,
                        size=None,
                    ),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ends_at",
                    models.DateTimeField(blank=True, help_text="The first moment when it no longer holds.", null=True),
                ),
                ("is_active", models.BooleanField(db_default=True, default=True)),
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
                "db_table": "discount_codes",
                "ordering": ["code"],
                "constraints": [
                    models.UniqueConstraint(fields=("code",), name="discount_codes_code_key"),
                    models.CheckConstraint(
                        condition=models.Q(("code", django.db.models.functions.text.Upper("code"))),
                        name="discount_codes_code_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("type__in", ["percentage", "fixed_amount", "free_shipping"])),
                        name="discount_codes_type_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("value__gte", 0),
                            models.Q(
                                models.Q(("type", "percentage"), _negated=True), ("value__lte", 100), _connector="OR"
                            ),
                        ),
                        name="discount_codes_value_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("usage_count__gte", 0)), name="discount_codes_usage_count_check"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EmailCampaign",
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
                ("name", models.CharField(max_length=255)),
                ("subject", models.CharField(max_length=255)),
                ("html_content", models.TextField(blank=True, null=True)),
                ("text_content", models.TextField(blank=True, null=True)),
                ("customer_segment", models.JSONField(blank=True, db_default={}, default=dict)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("scheduled", "Scheduled"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("paused", "Paused"),
                        ],
                        db_default="draft",
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("scheduled_at", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("recipients_count", models.IntegerField(db_default=0, default=0)),
                ("delivered_count", models.IntegerField(db_default=0, default=0)),
                ("opened_count", models.IntegerField(db_default=0, default=0)),
                ("clicked_count", models.IntegerField(db_default=0, default=0)),
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
                "db_table": "email_campaigns",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "scheduled", "sending", "sent", "paused"])),
                        name="email_campaigns_status_check",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Order",
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
                ("order_number", models.CharField(editable=False, max_length=50)),
                (
                    "public_token",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False
                    ),
                ),
                ("cart_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("customer_email", models.EmailField(max_length=255)),
                ("customer_phone", models.CharField(blank=True, max_length=20, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("confirmed", "Confirmed"),
                            ("processing", "Processing"),
                            ("shipped", "Shipped"),
                            ("delivered", "Delivered"),
                            ("cancelled", "Cancelled"),
                            ("refunded", "Refunded"),
                        ],
                        db_default="pending",
                        default="pending",
                        max_length=20,
                    ),
                ),
                (
                    "payment_status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("authorized", "Authorized"),
                            ("paid", "Paid"),
                            ("partially_refunded", "Partially Refunded"),
                            ("refunded", "Refunded"),
                            ("failed", "Failed"),
                        ],
                        db_default="pending",
                        default="pending",
                        max_length=20,
                    ),
                ),
                (
                    "fulfillment_status",
                    models.CharField(
                        choices=[("unfulfilled", "Unfulfilled"), ("partial", "Partial"), ("fulfilled", "Fulfilled")],
                        db_default="unfulfilled",
                        default="unfulfilled",
                        max_length=20,
                    ),
                ),
                (
                    "currency",
                    models.CharField(db_default="USD", default="USD", help_text="ISO 4217 code.", max_length=3),
                ),
                (
                    "tax_included",
                    models.BooleanField(
                        db_default=False, default=False, help_text="Whether prices and the subtotal contain the tax."
                    ),
                ),
                ("subtotal_amount", models.DecimalField(decimal_places=3, max_digits=15)),
                (
                    "tax_amount",
                    models.DecimalField(db_default=Decimal("0"), decimal_places=3, default=Decimal("0"), max_digits=15),
                ),
                (
                    "shipping_amount",
                    models.DecimalField(db_default=Decimal("0"), decimal_places=3, default=Decimal("0"), max_digits=15),
                ),
                (
                    "discount_amount",
                    models.DecimalField(db_default=Decimal("0"), decimal_places=3, default=Decimal("0"), max_digits=15),
                ),
                ("total_amount", models.DecimalField(decimal_places=3, max_digits=15)),
                ("shipping_address", models.JSONField()),
                ("billing_address", models.JSONField()),
                ("shipping_method", models.CharField(blank=True, max_length=100, null=True)),
                ("shipping_carrier", models.CharField(blank=True, max_length=100, null=True)),
                ("tracking_number", models.CharField(blank=True, max_length=100, null=True)),
                ("shipped_at", models.DateTimeField(blank=True, null=True)),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
                ("payment_method", models.CharField(blank=True, max_length=50, null=True)),
                ("payment_reference", models.CharField(blank=True, max_length=255, null=True)),
                ("payment_gateway", models.CharField(blank=True, max_length=50, null=True)),
                (
                    "payment_due_at",
                    models.DateTimeField(blank=True, help_text="Unpaid then, the order is cancelled.", null=True),
                ),
                ("notes", models.TextField(blank=True, null=True)),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, null=True, size=None
                    ),
                ),
                (
                    "discount_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50), blank=True, null=True, size=None
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                ("metadata", models.JSONField(blank=True, db_default={}, default=dict)),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="tenant_shop.customer",
                    ),
                ),
            ],
            options={
                "db_table": "orders",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="DiscountRedemption",
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
                ("customer_email", models.CharField(help_text="In lower case.", max_length=255)),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                (
                    "discount",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redemptions",
                        to="tenant_shop.discountcode",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="redemptions",
                        to="tenant_shop.order",
                    ),
                ),
            ],
            options={
                "db_table": "discount_redemptions",
            },
        ),
        migrations.CreateModel(
            name="OrderStatusHistory",
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
                ("previous_status", models.CharField(blank=True, max_length=20, null=True)),
                ("new_status", models.CharField(max_length=20)),
                ("comment", models.TextField(blank=True, null=True)),
                (
                    "updated_by",
                    models.CharField(
                        blank=True, help_text="A user's id, or the job's name.", max_length=100, null=True
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="tenant_shop.order",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "order status history",
                "db_table": "order_status_history",
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="OutboxEvent",
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
                ("topic", models.CharField(help_text="Such as order.placed.", max_length=100)),
                ("payload", models.JSONField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "available_at",
                    models.DateTimeField(
                        db_default=smartseller.database.CurrentTimestamp(), help_text="Not to be delivered before."
                    ),
                ),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.IntegerField(db_default=0, default=0)),
                ("last_error", models.TextField(blank=True, null=True)),
            ],
            options={
                "db_table": "outbox_events",
                "ordering": ["created_at", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("delivered_at", None)),
                        fields=["available_at"],
                        name="idx_outbox_events_undelivered",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
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
                ("gateway", models.CharField(max_length=50)),
                ("method", models.CharField(blank=True, max_length=50, null=True)),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=3, help_text="What was asked for, in `currency`.", max_digits=15
                    ),
                ),
                ("currency", models.CharField(help_text="ISO 4217 code.", max_length=3)),
                (
                    "gateway_reference",
                    models.CharField(blank=True, help_text="The gateway's own id.", max_length=255, null=True),
                ),
                ("metadata", models.JSONField(blank=True, db_default={}, default=dict)),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="tenant_shop.order",
                    ),
                ),
            ],
            options={
                "db_table": "payments",
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="PaymentEntry",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("authorized", "Authorized"),
                            ("captured", "Captured"),
                            ("failed", "Failed"),
                            ("refunded", "Refunded"),
                            ("voided", "Voided"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=3, help_text="In `currency`, never negative.", max_digits=15),
                ),
                ("currency", models.CharField(help_text="ISO 4217 code.", max_length=3)),
                ("gateway", models.CharField(max_length=50)),
                ("provider_event_id", models.CharField(blank=True, max_length=255, null=True)),
                ("details", models.JSONField(blank=True, db_default={}, default=dict)),
                (
                    "actor",
                    models.CharField(
                        blank=True, help_text="A user's id, or who reported it.", max_length=100, null=True
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="tenant_shop.payment",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "payment entries",
                "db_table": "payment_entries",
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Product",
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
                ("name", models.CharField(max_length=255)),
                ("slug", models.SlugField(db_index=False, max_length=255)),
                ("description", models.TextField(blank=True, null=True)),
                ("short_description", models.TextField(blank=True, null=True)),
                ("sku", models.CharField(max_length=100)),
                ("price", models.DecimalField(decimal_places=3, max_digits=13)),
                (
                    "compare_at_price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        help_text="The price before a reduction.",
                        max_digits=13,
                        null=True,
                    ),
                ),
                (
                    "cost_price",
                    models.DecimalField(
                        blank=True, decimal_places=3, help_text="What the merchant pays.", max_digits=13, null=True
                    ),
                ),
                (
                    "weight",
                    models.DecimalField(blank=True, decimal_places=2, help_text="In grams.", max_digits=8, null=True),
                ),
                (
                    "length",
                    models.DecimalField(
                        blank=True, decimal_places=2, help_text="In centimetres.", max_digits=8, null=True
                    ),
                ),
                (
                    "width",
                    models.DecimalField(
                        blank=True, decimal_places=2, help_text="In centimetres.", max_digits=8, null=True
                    ),
                ),
                (
                    "height",
                    models.DecimalField(
                        blank=True, decimal_places=2, help_text="In centimetres.", max_digits=8, null=True
                    ),
                ),
                ("track_inventory", models.BooleanField(db_default=True, default=True)),
                (
                    "inventory_quantity",
                    smartseller.database.KeptIntegerField(
                        db_default=0, default=0, editable=False, help_text="The sum over the variants."
                    ),
                ),
                ("allow_backorder", models.BooleanField(db_default=False, default=False)),
                ("low_stock_threshold", models.IntegerField(db_default=10, default=10)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("inactive", "Inactive"),
                            ("draft", "Draft"),
                            ("archived", "Archived"),
                        ],
                        db_default="draft",
                        default="draft",
                        max_length=20,
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[("visible", "Visible"), ("hidden", "Hidden"), ("catalog_only", "Catalog Only")],
                        db_default="visible",
                        default="visible",
                        max_length=20,
                    ),
                ),
                ("meta_title", models.CharField(blank=True, max_length=255, null=True)),
                ("meta_description", models.TextField(blank=True, null=True)),
                ("meta_keywords", models.CharField(blank=True, max_length=500, null=True)),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, null=True, size=None
                    ),
                ),
                ("features", models.JSONField(blank=True, db_default={}, default=dict)),
                ("specifications", models.JSONField(blank=True, db_default={}, default=dict)),
                (
                    "variants",
                    smartseller.database.KeptJSONField(
                        db_default=[], default=list, editable=False, help_text="The variants, for readers."
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "brand",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="tenant_shop.brand",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="tenant_shop.category",
                    ),
                ),
            ],
            options={
                "db_table": "products",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="ProductImage",
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
                ("url", models.CharField(max_length=500)),
                ("alt_text", models.CharField(blank=True, max_length=255, null=True)),
                ("sort_order", models.IntegerField(db_default=0, default=0)),
                ("is_primary", models.BooleanField(db_default=False, default=False)),
                ("filename", models.CharField(blank=True, max_length=255, null=True)),
                ("size_bytes", models.IntegerField(blank=True, null=True)),
                ("width", models.IntegerField(blank=True, help_text="In pixels.", null=True)),
                ("height", models.IntegerField(blank=True, help_text="In pixels.", null=True)),
                ("mime_type", models.CharField(blank=True, max_length=100, null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="images",
                        to="tenant_shop.product",
                    ),
                ),
            ],
            options={
                "db_table": "product_images",
                "ordering": ["sort_order", "id"],
            },
        ),
        migrations.CreateModel(
            name="ProductReview",
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
                ("rating", models.IntegerField(help_text="1 to 5.")),
                ("title", models.CharField(blank=True, max_length=255, null=True)),
                ("content", models.TextField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("pending", "Pending"), ("approved", "Approved"), ("rejected", "Rejected")],
                        db_default="pending",
                        default="pending",
                        max_length=20,
                    ),
                ),
                ("helpful_votes", models.IntegerField(db_default=0, default=0)),
                ("is_verified_purchase", models.BooleanField(db_default=False, default=False)),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reviews",
                        to="tenant_shop.customer",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reviews",
                        to="tenant_shop.order",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reviews",
                        to="tenant_shop.product",
                    ),
                ),
            ],
            options={
                "db_table": "product_reviews",
            },
        ),
        migrations.CreateModel(
            name="ProductVariant",
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
                ("sku", models.CharField(max_length=100)),
                (
                    "options",
                    models.JSONField(blank=True, db_default={}, default=dict, help_text='Such as {"Size": "M"}.'),
                ),
                (
                    "price",
                    models.DecimalField(
                        blank=True, decimal_places=3, help_text="Empty: the product's price.", max_digits=13, null=True
                    ),
                ),
                (
                    "compare_at_price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        help_text="The price before a reduction.",
                        max_digits=13,
                        null=True,
                    ),
                ),
                (
                    "cost_price",
                    models.DecimalField(
                        blank=True, decimal_places=3, help_text="Empty: the product's cost.", max_digits=13, null=True
                    ),
                ),
                ("inventory_quantity", smartseller.database.KeptIntegerField(db_default=0, default=0, editable=False)),
                ("barcode", models.CharField(blank=True, max_length=100, null=True)),
                (
                    "weight",
                    models.DecimalField(blank=True, decimal_places=2, help_text="In grams.", max_digits=8, null=True),
                ),
                ("position", models.IntegerField(db_default=0, default=0)),
                ("is_active", models.BooleanField(db_default=True, default=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "image",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tenant_shop.productimage",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="variant_rows",
                        to="tenant_shop.product",
                    ),
                ),
            ],
            options={
                "db_table": "product_variants",
                "ordering": ["position", "sku"],
            },
        ),
        migrations.CreateModel(
            name="OrderItem",
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
                ("position", models.IntegerField(db_default=0, default=0)),
                ("product_name", models.CharField(max_length=255)),
                ("product_sku", models.CharField(max_length=100)),
                ("variant_info", models.JSONField(blank=True, db_default={}, default=dict)),
                ("quantity", models.IntegerField()),
                ("unit_price", models.DecimalField(decimal_places=3, max_digits=13)),
                (
                    "total_price",
                    models.DecimalField(
                        decimal_places=3, help_text="`quantity` times `unit_price`, before the discount.", max_digits=15
                    ),
                ),
                (
                    "discount_amount",
                    models.DecimalField(
                        db_default=Decimal("0"),
                        decimal_places=3,
                        default=Decimal("0"),
                        help_text="The line's share.",
                        max_digits=15,
                    ),
                ),
                (
                    "tax_amount",
                    models.DecimalField(db_default=Decimal("0"), decimal_places=3, default=Decimal("0"), max_digits=15),
                ),
                (
                    "tax_rate",
                    models.DecimalField(
                        db_default=Decimal("0"),
                        decimal_places=6,
                        default=Decimal("0"),
                        help_text="0.19 for 19 %.",
                        max_digits=7,
                    ),
                ),
                ("quantity_fulfilled", models.IntegerField(db_default=0, default=0)),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="tenant_shop.order",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order_items",
                        to="tenant_shop.product",
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order_items",
                        to="tenant_shop.productvariant",
                    ),
                ),
            ],
            options={
                "db_table": "order_items",
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="Setting",
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
                ("key", models.CharField(max_length=100)),
                ("value", models.JSONField()),
                ("description", models.TextField(blank=True, null=True)),
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
                "db_table": "settings",
                "ordering": ["key"],
                "constraints": [models.UniqueConstraint(fields=("key",), name="settings_key_key")],
            },
        ),
        migrations.CreateModel(
            name="ShoppingCart",
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
                    "session_id",
                    models.CharField(
                        blank=True, help_text="For visitors without an account.", max_length=255, null=True
                    ),
                ),
                (
                    "currency",
                    models.CharField(db_default="USD", default="USD", help_text="ISO 4217 code.", max_length=3),
                ),
                ("coupon_code", models.CharField(blank=True, max_length=50, null=True)),
                (
                    "discount_amount",
                    models.DecimalField(db_default=Decimal("0"), decimal_places=3, default=Decimal("0"), max_digits=15),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                ("expires_at", models.DateTimeField(db_default=tenant_shop.carts.models.ThirtyDaysFromNow())),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="carts",
                        to="tenant_shop.customer",
                    ),
                ),
            ],
            options={
                "db_table": "shopping_carts",
            },
        ),
        migrations.CreateModel(
            name="CartItem",
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
                ("unit_price", models.DecimalField(decimal_places=3, max_digits=13)),
                ("variant_info", models.JSONField(blank=True, db_default={}, default=dict)),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenant_shop.product",
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenant_shop.productvariant",
                    ),
                ),
                (
                    "cart",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="tenant_shop.shoppingcart",
                    ),
                ),
            ],
            options={
                "db_table": "cart_items",
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="StockMovement",
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
                    "delta",
                    models.IntegerField(help_text="Pieces: positive when they came in, negative when they left."),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("initial", "Initial"),
                            ("received", "Received"),
                            ("import", "Import"),
                            ("correction", "Correction"),
                            ("damage", "Damage"),
                            ("sale", "Sale"),
                            ("cancellation", "Cancellation"),
                            ("return", "Return"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        blank=True, help_text="A delivery note, a file, a count.", max_length=100, null=True
                    ),
                ),
                (
                    "actor",
                    models.CharField(
                        blank=True, help_text="A user's id, or the job that did it.", max_length=100, null=True
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="movements",
                        to="tenant_shop.order",
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="movements",
                        to="tenant_shop.productvariant",
                    ),
                ),
            ],
            options={
                "db_table": "stock_movements",
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="TenantSentinel",
            fields=[
                (
                    "only",
                    models.BooleanField(
                        db_default=True, default=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField()),
                ("database_name", models.CharField(max_length=63)),
            ],
            options={
                "db_table": "tenant_sentinel",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("only", True)), name="tenant_sentinel_single_row")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.UniqueConstraint(fields=("slug",), name="categories_slug_key"),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=models.Q(("parent", models.F("id")), _negated=True), name="categories_not_its_own_parent"
            ),
        ),
        migrations.AddIndex(
            model_name="customeraddress",
            index=models.Index(fields=["customer"], name="idx_addresses_customer"),
        ),
        migrations.AddConstraint(
            model_name="customeraddress",
            constraint=models.CheckConstraint(
                condition=models.Q(("type__in", ["shipping", "billing", "both"])), name="customer_addresses_type_check"
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["customer"], name="idx_orders_customer"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["status"], name="idx_orders_status"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["created_at"], name="idx_orders_created_at"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["total_amount"], name="idx_orders_total_amount"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("status", "pending")), fields=["payment_due_at"], name="idx_orders_payment_due_at"
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(fields=("order_number",), name="orders_order_number_key"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(fields=("public_token",), name="orders_public_token_key"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(fields=("cart_id",), name="orders_cart_key"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        ["pending", "confirmed", "processing", "shipped", "delivered", "cancelled", "refunded"],
                    )
                ),
                name="orders_status_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "payment_status__in",
                        ["pending", "authorized", "paid", "partially_refunded", "refunded", "failed"],
                    )
                ),
                name="orders_payment_status_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("fulfillment_status__in", ["unfulfilled", "partial", "fulfilled"])),
                name="orders_fulfillment_status_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="orders_currency_check"
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discount_amount__gte", 0),
                    ("shipping_amount__gte", 0),
                    ("subtotal_amount__gte", 0),
                    ("tax_amount__gte", 0),
                    ("total_amount__gte", 0),
                ),
                name="orders_amounts_check",
            ),
        ),
        migrations.AddIndex(
            model_name="discountredemption",
            index=models.Index(
                condition=models.Q(("released_at", None)),
                fields=["discount", "customer_email"],
                name="idx_redemptions_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="discountredemption",
            constraint=models.UniqueConstraint(fields=("order", "discount"), name="discount_redemptions_order_key"),
        ),
        migrations.AddConstraint(
            model_name="discountredemption",
            constraint=models.CheckConstraint(
                condition=models.Q(("customer_email", django.db.models.functions.text.Lower("customer_email"))),
                name="discount_redemptions_email_check",
            ),
        ),
        migrations.AddIndex(
            model_name="orderstatushistory",
            index=models.Index(fields=["order"], name="idx_order_history_order"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["order"], name="idx_payments_order"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="payments_amount_check"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="payments_currency_check"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                fields=("gateway", "gateway_reference"), name="payments_gateway_reference_key"
            ),
        ),
        migrations.AddIndex(
            model_name="paymententry",
            index=models.Index(fields=["payment"], name="idx_payment_entries_payment"),
        ),
        migrations.AddConstraint(
            model_name="paymententry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["authorized", "captured", "failed", "refunded", "voided"])),
                name="payment_entries_kind_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymententry",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0)), name="payment_entries_amount_check"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymententry",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="payment_entries_currency_check"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymententry",
            constraint=models.UniqueConstraint(
                fields=("gateway", "provider_event_id"), name="payment_entries_event_key"
            ),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(fields=["status"], name="idx_products_status"),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(fields=["category"], name="idx_products_category"),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(fields=["brand"], name="idx_products_brand"),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(fields=["price"], name="idx_products_price"),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(fields=["created_at"], name="idx_products_created_at"),
        ),
        migrations.AddIndex(
            model_name="product",
            index=django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="idx_products_tags"),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.UniqueConstraint(fields=("slug",), name="products_slug_key"),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.UniqueConstraint(fields=("sku",), name="products_sku_key"),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["active", "inactive", "draft", "archived"])),
                name="products_status_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(("visibility__in", ["visible", "hidden", "catalog_only"])),
                name="products_visibility_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(condition=models.Q(("price__gte", 0)), name="products_price_check"),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(("compare_at_price__gte", 0)), name="products_compare_at_price_check"
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(("cost_price__gte", 0)), name="products_cost_price_check"
            ),
        ),
        migrations.AddIndex(
            model_name="productimage",
            index=models.Index(fields=["product", "sort_order"], name="idx_product_images_product"),
        ),
        migrations.AddIndex(
            model_name="productreview",
            index=models.Index(fields=["product", "status", "created_at"], name="idx_product_reviews_product"),
        ),
        migrations.AddIndex(
            model_name="productreview",
            index=models.Index(fields=["customer"], name="idx_product_reviews_customer"),
        ),
        migrations.AddConstraint(
            model_name="productreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("rating__gte", 1), ("rating__lte", 5)), name="product_reviews_rating_check"
            ),
        ),
        migrations.AddConstraint(
            model_name="productreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["pending", "approved", "rejected"])),
                name="product_reviews_status_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="productreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("helpful_votes__gte", 0)), name="product_reviews_helpful_votes_check"
            ),
        ),
        migrations.AddConstraint(
            model_name="productvariant",
            constraint=models.UniqueConstraint(fields=("sku",), name="product_variants_sku_key"),
        ),
        migrations.AddConstraint(
            model_name="productvariant",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["IMMEDIATE"],
                fields=("product", "options"),
                name="product_variants_options_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="productvariant",
            constraint=models.UniqueConstraint(fields=("product", "id"), name="product_variants_product_key"),
        ),
        migrations.AddConstraint(
            model_name="productvariant",
            constraint=models.CheckConstraint(
                condition=models.Q(("price__gte", 0)), name="product_variants_price_check"
            ),
        ),
        migrations.AddConstraint(
            model_name="productvariant",
            constraint=models.CheckConstraint(
                condition=models.Q(("compare_at_price__gte", 0)), name="product_variants_compare_at_check"
            ),
        ),
        migrations.AddConstraint(
            model_name="productvariant",
            constraint=models.CheckConstraint(
                condition=models.Q(("cost_price__gte", 0)), name="product_variants_cost_price_check"
            ),
        ),
        migrations.AddIndex(
            model_name="orderitem",
            index=models.Index(fields=["order"], name="idx_order_items_order"),
        ),
        migrations.AddIndex(
            model_name="orderitem",
            index=models.Index(fields=["product"], name="idx_order_items_product"),
        ),
        migrations.AddConstraint(
            model_name="orderitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="order_items_quantity_check"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discount_amount__gte", 0), ("tax_amount__gte", 0), ("total_price__gte", 0), ("unit_price__gte", 0)
                ),
                name="order_items_amounts_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("tax_rate__gte", 0)), name="order_items_tax_rate_check"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity_fulfilled__gte", 0), ("quantity_fulfilled__lte", models.F("quantity"))),
                name="order_items_quantity_fulfilled_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="shoppingcart",
            constraint=models.CheckConstraint(
                condition=models.Q(("discount_amount__gte", 0)), name="shopping_carts_discount_amount_check"
            ),
        ),
        migrations.AddConstraint(
            model_name="shoppingcart",
            constraint=models.UniqueConstraint(
                condition=models.Q(("completed_at", None)),
                fields=("session_id",),
                name="shopping_carts_open_by_session",
            ),
        ),
        migrations.AddConstraint(
            model_name="shoppingcart",
            constraint=models.UniqueConstraint(
                condition=models.Q(("completed_at", None)), fields=("customer",), name="shopping_carts_open_by_customer"
            ),
        ),
        migrations.AddConstraint(
            model_name="cartitem",
            constraint=models.UniqueConstraint(fields=("cart", "variant"), name="cart_items_variant_key"),
        ),
        migrations.AddConstraint(
            model_name="cartitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="cart_items_quantity_check"
            ),
        ),
        migrations.AddConstraint(
            model_name="cartitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit_price__gte", 0)), name="cart_items_unit_price_check"
            ),
        ),
        migrations.AddIndex(
            model_name="stockmovement",
            index=models.Index(fields=["variant", "created_at"], name="idx_stock_movements_variant"),
        ),
        migrations.AddConstraint(
            model_name="stockmovement",
            constraint=models.CheckConstraint(
                condition=models.Q(("delta", 0), _negated=True), name="stock_movements_delta_check"
            ),
        ),
        migrations.AddConstraint(
            model_name="stockmovement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "reason__in",
                        ["initial", "received", "import", "correction", "damage", "sale", "cancellation", "return"],
                    )
                ),
                name="stock_movements_reason_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockmovement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reason__in", ["sale", "cancellation"])),
                fields=("order", "variant", "reason"),
                name="stock_movements_once_per_order",
            ),
        ),
    ]
