"""What is otherwise in a copy of a shop, as statements for the owner of its database.

They run in the transaction that copies the rows, while triggers rest: nobody ever sees the copy without them.
"""

from tenant_shop.sandbox.anonymise import ANONYMISE

# What gateways know a shop by is sealed for that shop on that installation: a copy has no use for it, and programs that
# have a key of the one shop do not come to the other. What waited to be told when it was copied is told by the shop
# that it is a copy of: nobody hears it twice, or weeks later again.
OF_EVERY_COPY = (
    "DELETE FROM settings WHERE key LIKE 'gateway.%'",
    "DELETE FROM api_idempotency",
    "DELETE FROM api_calls",
    "DELETE FROM api_usage",
    "DELETE FROM bulk_jobs",
    "DELETE FROM api_keys",
    "UPDATE outbox_events SET delivered_at = CURRENT_TIMESTAMP WHERE delivered_at IS NULL",
    """
    UPDATE webhook_deliveries SET state = 'failed', next_attempt_at = NULL, error = 'The shop was copied'
    WHERE state = 'waiting'
    """,
)
# No money moves, nobody outside hears anything, and none of the shop's customers can log in.
HARMLESS = (
    """
    INSERT INTO settings (key, value, description)
    VALUES ('test_mode', 'true', 'Whether no real money moves'), ('stripe_key', '""', 'Public key of Stripe'),
           ('order_notices', '[]', 'Who is told of new orders'),
           ('invoice_issue', '"by_hand"', 'When invoices are issued')
    ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value
    """,
    """
    UPDATE settings SET value = (
        SELECT COALESCE(jsonb_agg(method), '[]') || '["test_card"]'
        FROM jsonb_array_elements(value) method WHERE method NOT IN ('"stripe_card"', '"test_card"')
    ) WHERE key = 'payment_methods' AND jsonb_typeof(value) = 'array'
    """,
    # What signs, and what logs in there, is sealed for the shop: a copy has no use for it. Nor for what it sent.
    """
    UPDATE webhooks SET is_active = false, off_because = 'by_hand', secret = NULL, previous_secret = NULL,
        previous_secret_until = NULL, paused_until = NULL, custom_headers = '{}'
    """,
    "DELETE FROM webhook_deliveries",
    "DELETE FROM customer_sessions",
    "DELETE FROM customer_tokens",
    "DELETE FROM stock_alerts",
    "DELETE FROM import_runs",
    "UPDATE customers SET password_hash = '!' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')",
)


def changes_of_copy(*, is_sandbox: bool, anonymise: bool) -> tuple[str, ...]:
    """What a copy must have otherwise; `anonymise` takes out of a sandbox whatever says who the customers are."""
    return (*OF_EVERY_COPY, *(HARMLESS if is_sandbox else ()), *(ANONYMISE if is_sandbox and anonymise else ()))
