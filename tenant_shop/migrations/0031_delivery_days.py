"""How long each way to deliver takes, as the merchant says it; kept in the settings with the rest of the rate."""

from django.db import migrations, models


def keeping(days: str) -> str:
    """The function of 0023; `days` are the parts of a rate that came later."""
    return f"""
CREATE OR REPLACE FUNCTION keep_shipping_zones() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    -- Two editors at once: the second reads what the first has committed, and does not write over it.
    PERFORM pg_advisory_xact_lock(hashtext('keep_shipping_zones'));
    INSERT INTO settings (key, value, description)
    SELECT 'shipping_zones',
           COALESCE(jsonb_agg(jsonb_build_object('kind', kind, 'places', places, 'rates', (
               SELECT COALESCE(jsonb_agg(jsonb_build_object(
                          'code', rate.id, 'name', rate.name, 'note', rate.note, 'amount', rate.amount::text,
                          'free_above', rate.free_above::text,
                          'min_weight', rate.min_weight::text, 'max_weight', rate.max_weight::text,
                          'min_total', rate.min_total::text, 'max_total', rate.max_total::text{days}
                      ) ORDER BY rate.position, rate.id), '[]')
               FROM shipping_zone_rates AS rate WHERE rate.zone_id = shipping_zones.id
           )) ORDER BY position, id), '[]'),
           'Kept from the tables shipping_zones and shipping_zone_rates'
    FROM shipping_zones
    ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value WHERE settings.value IS DISTINCT FROM EXCLUDED.value;
    RETURN NULL;
END;
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0030_credit_notes")]

    operations = [
        migrations.AddField(
            "shippingzonerate",
            "days_from",
            models.SmallIntegerField(
                blank=True,
                help_text="Working days until it arrives, or is ready to be picked up, at the earliest.",
                null=True,
            ),
        ),
        migrations.AddField(
            "shippingzonerate",
            "days_to",
            models.SmallIntegerField(blank=True, help_text="At the latest.", null=True),
        ),
        migrations.AddConstraint(
            "shippingzonerate",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("days_from", None), ("days_to", None)),
                    models.Q(("days_from__gte", 0), ("days_to__gte", models.F("days_from")), ("days_to__lte", 365)),
                    _connector="OR",
                ),
                name="shipping_zone_rates_days_check",
            ),
        ),
        migrations.RunSQL(keeping(", 'days_from', rate.days_from, 'days_to', rate.days_to"), keeping("")),
    ]
