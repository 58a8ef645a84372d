"""The three plans of the specification, and the server that an installation starts with."""

from decimal import Decimal

from django.db import migrations

# -1 reads as unlimited; see platform_core.plans.limits.
PLANS = [
    {
        "name": "basic",
        "display_name": "Basic",
        "description": "Perfect for small businesses",
        "max_products": 100,
        "max_orders_per_month": 500,
        "max_customers": 1000,
        "max_staff_users": 3,
        "max_file_storage_gb": 5,
        "max_api_calls_per_hour": 1000,
        "monthly_price": Decimal("29.00"),
        "annual_price": Decimal("290.00"),
        "features": {
            "analytics": False,
            "advanced_reports": False,
            "api_access": False,
            "custom_domain": False,
        },
    },
    {
        "name": "premium",
        "display_name": "Premium",
        "description": "For growing businesses",
        "max_products": 1000,
        "max_orders_per_month": 2000,
        "max_customers": 10000,
        "max_staff_users": 10,
        "max_file_storage_gb": 25,
        "max_api_calls_per_hour": 5000,
        "monthly_price": Decimal("79.00"),
        "annual_price": Decimal("790.00"),
        "features": {
            "analytics": True,
            "advanced_reports": True,
            "api_access": True,
            "custom_domain": False,
        },
    },
    {
        "name": "enterprise",
        "display_name": "Enterprise",
        "description": "For large businesses",
        "max_products": -1,
        "max_orders_per_month": -1,
        "max_customers": -1,
        "max_staff_users": -1,
        "max_file_storage_gb": 100,
        "max_api_calls_per_hour": 20000,
        "monthly_price": Decimal("199.00"),
        "annual_price": Decimal("1990.00"),
        "features": {
            "analytics": True,
            "advanced_reports": True,
            "api_access": True,
            "custom_domain": True,
            "white_label": True,
        },
    },
]


def add_plans_and_server(apps, schema_editor):
    alias = schema_editor.connection.alias
    plan = apps.get_model("platform_core", "TenantPlan")
    plan.objects.using(alias).bulk_create([plan(**values) for values in PLANS])
    # `settings.DATABASE_SERVERS` always has it, and `tenants.server` names it by default.
    apps.get_model("platform_core", "DatabaseServer").objects.using(alias).create(key="primary")


class Migration(migrations.Migration):
    dependencies = [("platform_core", "0003_grants_and_row_security")]

    operations = [migrations.RunPython(add_plans_and_server, migrations.RunPython.noop)]
