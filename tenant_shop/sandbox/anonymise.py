# ruff: noqa: S608 - of our own words
"""Taking out of a copy whatever says who the customers are: for all of them at once, in one statement a table.

Numbers, amounts, goods, days, countries and states stay, so that figures and taxes are what they were. A test looks for
traces in every table.
"""

# One mailbox for each customer and each guest's order, which no server takes mail for (RFC 2606).
OF_CUSTOMER = "'customer-' || replace({}::text, '-', '') || '@sandbox.invalid'"
OF_ORDER = "'order-' || replace({}::text, '-', '') || '@sandbox.invalid'"
KEPT_OF_AN_ADDRESS = """
COALESCE((
    SELECT jsonb_object_agg(key, CASE WHEN key IN ('country', 'state_province') THEN value ELSE '""'::jsonb END)
    FROM jsonb_each({column})
), '{{}}')
"""

ANONYMISE = (
    f"""
    UPDATE customers SET email = {OF_CUSTOMER.format("id")}, first_name = 'Customer',
        last_name = upper(right(id::text, 6)), phone = NULL, date_of_birth = NULL, phone_verified = false,
        marketing_consent = false, metadata = '{{}}', tags = NULL
    """,
    """
    UPDATE customer_addresses SET first_name = 'Customer', last_name = upper(right(customer_id::text, 6)),
        company = NULL, address_line_1 = '1 Example Street', address_line_2 = NULL, city = 'Example', postal_code = NULL
    """,
    "DELETE FROM customer_notes",
    f"""
    UPDATE orders SET customer_email = CASE WHEN customer_id IS NULL THEN {OF_ORDER.format("id")}
            ELSE {OF_CUSTOMER.format("customer_id")} END,
        customer_phone = NULL, shipping_address = {KEPT_OF_AN_ADDRESS.format(column="shipping_address")},
        billing_address = {KEPT_OF_AN_ADDRESS.format(column="billing_address")}, tracking_number = NULL,
        payment_reference = NULL, notes = NULL, tags = NULL, idempotency_key = NULL, metadata = '{{}}',
        purchase_number = '', company_tax_id = '',
        company_name = CASE WHEN company_name = '' THEN '' ELSE 'Company ' || upper(right(id::text, 6)) END
    """,
    "DELETE FROM order_notes",
    "UPDATE order_status_history SET comment = NULL",
    "UPDATE shipments SET tracking_number = '', tracking_url = ''",
    f"""
    UPDATE discount_redemptions SET customer_email = CASE
        WHEN customer_id IS NULL THEN {OF_ORDER.format("order_id")} ELSE {OF_CUSTOMER.format("customer_id")} END
    """,
    "UPDATE payments SET gateway_reference = NULL, metadata = '{}'",
    "UPDATE payment_entries SET provider_event_id = NULL, details = '{}'",
    "UPDATE payment_refunds SET gateway_reference = NULL, reason = '', problem = ''",
    "DELETE FROM documents",
    "UPDATE credit_notes SET metadata = '{}'",
    "UPDATE returns SET note = '', answer = ''",
    """
    UPDATE companies SET name = 'Company ' || upper(right(id::text, 6)), tax_id = '', tax_id_state = 'unchecked',
        tax_id_checked_at = NULL, tax_id_checked_by = '', tax_id_note = '', address_line_1 = '1 Example Street',
        address_line_2 = '', postal_code = '', city = 'Example'
    """,
    "UPDATE purchase_requests SET answers = '{}', reason = '', idempotency_key = NULL",
    f"""
    UPDATE quote_requests SET name = 'Customer', note = '', answer = '', email = CASE
        WHEN customer_id IS NULL THEN {OF_ORDER.format("id")} ELSE {OF_CUSTOMER.format("customer_id")} END
    """,
    "UPDATE quote_events SET note = ''",
    "UPDATE loyalty_entries SET note = ''",
    "UPDATE product_reviews SET reason = '', reply = ''",
    "DELETE FROM outbox_events",
    "DELETE FROM webhook_deliveries",
    "DELETE FROM events",
    "DELETE FROM search_counts",
    "DELETE FROM saved_views",
)
