"""What goes with a merchant goes in the database, too, whoever deletes it; what is brought in already is noted."""

from django.db import migrations

# Django deletes dependent rows itself and leaves the database without a rule; this one holds for everybody.
ON_DELETE_RULE = """
DO $$
DECLARE
    made_by_django text;
BEGIN
    SELECT conname INTO STRICT made_by_django FROM pg_constraint
    WHERE conrelid = '{of}'::regclass AND contype = 'f' AND confrelid = '{to}'::regclass;
    EXECUTE format('ALTER TABLE {of} DROP CONSTRAINT %I', made_by_django);
    ALTER TABLE {of} ADD CONSTRAINT {of}_{column}_fkey
        FOREIGN KEY ({column}) REFERENCES {to} (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
END;
$$;
"""
CASCADES = [
    ("merchant_cards", "tenant_id", "tenants"),
    ("plan_coupon_uses", "tenant_id", "tenants"),
    ("plan_coupon_uses", "subscription_id", "tenant_subscriptions"),
    ("recurring_changes", "tenant_id", "tenants"),
    ("recurring_changes", "subscription_id", "tenant_subscriptions"),
]
# What was billed before is brought in from its running period on.
KNOWN_ALREADY = """
UPDATE tenant_subscriptions SET annual_value = amount * CASE billing_cycle WHEN 'annual' THEN 1 ELSE 12 END
WHERE status IN ('active', 'past_due') AND anchor_date IS NOT NULL AND amount > 0;
INSERT INTO recurring_changes
    (id, tenant_id, subscription_id, day, move, annual_change, annual_value, plan, currency)
SELECT gen_random_uuid(), s.tenant_id, s.id, LEAST(s.anchor_date, s.current_period_start), 'new', s.annual_value,
       s.annual_value, p.name, s.currency
FROM tenant_subscriptions s JOIN tenant_plans p ON p.id = s.plan_id WHERE s.annual_value > 0;
"""


class Migration(migrations.Migration):
    dependencies = [("platform_core", "0023_cards_of_merchants")]

    operations = [
        *(
            migrations.RunSQL(ON_DELETE_RULE.format(of=of, column=column, to=to), migrations.RunSQL.noop)
            for of, column, to in CASCADES
        ),
        migrations.RunSQL(KNOWN_ALREADY, migrations.RunSQL.noop),
    ]
