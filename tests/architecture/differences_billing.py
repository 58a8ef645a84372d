"""The deliberate differences of the tables that bill merchants."""

from tests.architecture.comparison import Entry

TEXTS = {"kind", "invoice_number", "currency"}
COUPONS = "a coupon takes something off each of some periods"
BACK = "a credit note takes an invoice back, all of it or a part"
SAID = (
    "id", "tenant_id", "subscription_id", "kind", "period_start", "period_end", "invoice_number", "subtotal",
    "tax_amount", "discount_amount", "total_amount", "currency", "issued_date", "due_date", "tax_rate",
    "reverse_charge", "buyer", "line_items", "created_at", "seller", "discounts", "corrects_id", "reason",
)  # fmt: skip


def _differs(column: str) -> str:
    cast = "::text" if column in TEXTS else ""
    old, new = (f"({row}.{column})::text" if cast else f"{row}.{column}" for row in ("old", "new"))
    return f"({old} IS DISTINCT FROM {new})"


SAYS_SOMETHING_ELSE = " OR ".join(_differs(column) for column in SAID)
CHANGES = "a change that was confirmed comes true when the period ends"
FROZEN = "an invoice says for ever what it said when it was issued"
BILLING: dict[str, Entry] = {
    "tenant_subscriptions.anchor_date": (None, "date", "periods go back to the day they are counted from"),
    "tenant_subscriptions.status_since": (None, "date", "whoever was warned has the time that the mail said"),
    "tenant_subscriptions.setup_fee": (
        None,
        "numeric(13,3) not null default 0",
        "agreed with the price, billed with the first period",
    ),
    "tenant_subscriptions.next_plan_id": (None, "uuid", CHANGES),
    "tenant_subscriptions.next_cycle": (None, "character varying(20) not null default ''::character varying", CHANGES),
    "tenant_subscriptions.next_amount": (None, "numeric(13,3)", CHANGES),
    "tenant_subscriptions.ends_with_period": (
        None,
        "boolean not null default false",
        "whoever cancels sells on to the end of what is paid",
    ),
    "tenant_subscriptions.period_discount": (None, "numeric(13,3) not null default 0", COUPONS),
    "tenant_subscriptions.annual_value": (
        None,
        "numeric(15,3) not null default 0",
        "what it brings in a year, as the ledger of recurring revenue has it",
    ),
    "tenant_subscriptions check (period_discount, amount)": (
        None,
        "CHECK (((period_discount >= (0)::numeric) AND (period_discount <= amount)))",
        COUPONS,
    ),
    "tenant_subscriptions check (amount)": (None, "CHECK ((amount >= (0)::numeric))", "nobody is paid for a plan"),
    "tenant_subscriptions check (current_period_end, current_period_start)": (
        None,
        "CHECK ((current_period_end >= current_period_start))",
        "a period has a day",
    ),
    "tenant_subscriptions check (next_amount, next_cycle, next_plan_id)": (
        None,
        "CHECK ((((next_amount IS NULL) AND ((next_cycle)::text = ''::text) AND (next_plan_id IS NULL)) OR "
        "((next_amount >= (0)::numeric) AND ((next_cycle)::text = ANY ((ARRAY['monthly'::character varying, "
        "'annual'::character varying])::text[])) AND (next_plan_id IS NOT NULL))))",
        CHANGES,
    ),
    "tenant_subscriptions foreign key (next_plan_id)": (None, "tenant_plans(id)", CHANGES),
    "tenant_subscriptions index tenant_subscriptions_one_running": (
        None,
        "unique USING btree (tenant_id) WHERE (NOT ((status)::text = 'cancelled'::text))",
        "nobody is billed for two plans",
    ),
    "billing_invoices.kind": (
        None,
        "character varying(20) not null default 'period'::character varying",
        "a period is billed once, a change when it happens",
    ),
    "billing_invoices.period_start": (None, "date", "what is billed"),
    "billing_invoices.period_end": (None, "date", "what is billed"),
    "billing_invoices.tax_rate": (None, "numeric(6,5) not null default 0", FROZEN),
    "billing_invoices.reverse_charge": (None, "boolean not null default false", FROZEN),
    "billing_invoices.buyer": (None, "jsonb not null default '{}'::jsonb", FROZEN),
    "billing_invoices.seller": (None, "jsonb not null default '{}'::jsonb", FROZEN),
    "billing_invoices.discounts": (None, "jsonb not null default '[]'::jsonb", COUPONS),
    "billing_invoices.corrects_id": (None, "uuid", BACK),
    "billing_invoices.reason": (None, "text not null default ''::text", BACK),
    "billing_invoices.credited_amount": (None, "numeric(15,3) not null default 0", BACK),
    "billing_invoices check (corrects_id, credited_amount, kind, total_amount)": (
        None,
        "CHECK ((((corrects_id IS NOT NULL) AND (credited_amount = (0)::numeric) AND ((kind)::text = 'credit'::text) "
        "AND (total_amount < (0)::numeric)) OR ((NOT ((kind)::text = 'credit'::text)) AND (corrects_id IS NULL) AND "
        "(credited_amount >= (0)::numeric) AND (credited_amount <= total_amount))))",
        BACK,
    ),
    "billing_invoices foreign key (corrects_id)": (None, "billing_invoices(id)", BACK),
    "billing_invoices index idx_invoices_corrects": (
        None,
        "USING btree (corrects_id) WHERE (corrects_id IS NOT NULL)",
        BACK,
    ),
    "billing_invoices check (kind)": (
        None,
        "CHECK (((kind)::text = ANY ((ARRAY['period'::character varying, 'change'::character varying, "
        "'credit'::character varying])::text[])))",
        "of these kinds",
    ),
    "billing_invoices check (total_amount, subtotal, tax_amount, discount_amount)": (
        None,
        "CHECK ((total_amount = ((subtotal + tax_amount) - discount_amount)))",
        "an invoice adds up",
    ),
    "billing_invoices index billing_invoices_one_per_period": (
        None,
        "unique USING btree (subscription_id, period_start) WHERE ((kind)::text = 'period'::text)",
        "nobody is billed twice",
    ),
    "billing_invoices trigger billing_invoices_stand": (
        None,
        f"BEFORE UPDATE ON billing_invoices FOR EACH ROW WHEN (({SAYS_SOMETHING_ELSE})) "
        "EXECUTE FUNCTION refuse_change('invoices are issued, never changed')",
        FROZEN,
    ),
    "billing_invoices trigger billing_invoices_stay": (
        None,
        "BEFORE DELETE ON billing_invoices FOR EACH ROW "
        "EXECUTE FUNCTION refuse_change('invoices are issued, never deleted')",
        FROZEN,
    ),
    **{
        f"tenant_plans check ({column})": (None, f"CHECK (({column} >= (0)::numeric))", "nobody is paid for a plan")
        for column in ("monthly_price", "annual_price", "setup_fee")
    },
    "billing_invoice_papers": (None, "table", "what was sent is what is downloaded years later"),
    "plan_coupons": (None, "table", COUPONS),
    "plan_coupon_uses": (None, "table", COUPONS),
    "recurring_changes": (None, "table", "what subscriptions bring in is known of every day, not only of today"),
    "merchant_cards": (None, "table", "cards that pay merchants' bills"),
    "card_charges": (None, "table", "each attempt stands before the gateway is asked, so that none is made twice"),
    "platform_mails": (None, "table", "a promised mail is sent however often mail servers and workers die"),
    "invoice_counters": (None, "table", "numbers of invoices without a gap, from a locked row"),
    "function refuse_change()": (None, "returns trigger", "rows that stand"),
}
