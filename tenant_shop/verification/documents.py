"""What must be true of invoices and credit notes; the file of rules says what a rule is."""

from tenant_shop.verification.rule import Rule

# What the ledger of each order says; as `documents.credit.to_credit` reads it.
MONEY = """
    SELECT p.order_id, COALESCE(sum(e.amount) FILTER (WHERE e.kind = 'captured'), 0) AS captured,
           COALESCE(sum(CASE e.kind WHEN 'refunded' THEN e.amount WHEN 'refund_failed' THEN -e.amount END), 0) AS back,
           count(*) FILTER (WHERE e.kind = 'refund_failed') AS came_back
    FROM payment_entries e JOIN payments p ON p.id = e.payment_id GROUP BY 1
"""
WANTED = """
    CASE WHEN o.status = 'cancelled'
         THEN o.total_amount - least(greatest(money.captured - money.back, 0), o.total_amount)
         ELSE least(o.credited_amount + greatest(
             money.back - greatest(money.captured - (o.total_amount - o.credited_amount), 0), 0), o.total_amount)
    END
"""

DOCUMENTS = (
    Rule(
        "document_numbers",
        "Numbers of invoices, and of credit notes, follow each other without a gap.",
        """
        SELECT 'document', d.id::text, d.number, d.sequence::text, d.expected::text
        FROM (SELECT id, number, sequence,
                     COALESCE(lag(sequence) OVER (PARTITION BY kind ORDER BY sequence), 0) + 1 AS expected
              FROM documents) d
        WHERE d.sequence <> d.expected
        UNION ALL
        SELECT 'counter', c.kind, c.kind, c.last_number::text, COALESCE(issued.last_number, 0)::text
        FROM document_counters c
        LEFT JOIN (SELECT kind, max(sequence) AS last_number FROM documents GROUP BY 1) issued USING (kind)
        WHERE c.last_number <> COALESCE(issued.last_number, 0)
        ORDER BY 1, 2
        """,
    ),
    Rule(
        "document_amounts",
        "A document is the sum of its rates of tax, and an invoice that is not replaced is what its order costs.",
        """
        SELECT 'document', d.id, d.number, concat_ws(' / ', d.total_amount, d.tax_amount),
               concat_ws(' / ', rates.gross, rates.tax)
        FROM documents d JOIN orders o ON o.id = d.order_id
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum((rate ->> 'gross')::numeric(15, 3)), 0)::numeric(15, 3) AS gross,
                   COALESCE(sum((rate ->> 'tax')::numeric(15, 3)), 0)::numeric(15, 3) AS tax
            FROM jsonb_array_elements(d.content -> 'rates') rate
        ) rates
        WHERE (d.total_amount, d.tax_amount) IS DISTINCT FROM (rates.gross, rates.tax)
              OR (d.kind = 'invoice' AND NOT EXISTS (SELECT 1 FROM documents r WHERE r.replaces_id = d.id)
                  AND (d.total_amount, d.tax_amount) <> (o.total_amount, o.tax_amount))
        ORDER BY d.id
        """,
    ),
    Rule(
        "replaced_invoices",
        "An invoice that is replaced is credited whole, by an invoice of the same order that came after it.",
        """
        SELECT 'invoice', d.id, d.number,
               concat_ws(' / ', noted.amount, r.order_id = d.order_id, r.sequence > d.sequence),
               concat_ws(' / ', d.total_amount, true, true)
        FROM documents r JOIN documents d ON d.id = r.replaces_id
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(n.total_amount), 0)::numeric(15, 3) AS amount FROM documents n WHERE n.invoice_id = d.id
        ) noted
        WHERE noted.amount <> d.total_amount OR r.order_id <> d.order_id OR r.sequence < d.sequence
        ORDER BY d.id
        """,
    ),
    # A refund that a bank sent back, or an order that is paid again, leaves its credit note as it is.
    Rule(
        "invoice_credit",
        "Of an invoice is credited what was given back of its order, what need not be paid, and what was cancelled; "
        "never more than it says.",
        f"""
        SELECT 'invoice', d.id, d.number, noted.amount::text, wanted.amount::numeric(15, 3)::text
        FROM documents d JOIN orders o ON o.id = d.order_id
        LEFT JOIN ({MONEY}) entered ON entered.order_id = o.id
        CROSS JOIN LATERAL (
            SELECT COALESCE(entered.captured, 0) AS captured, COALESCE(entered.back, 0) AS back,
                   COALESCE(entered.came_back, 0) AS came_back
        ) money
        CROSS JOIN LATERAL (SELECT {WANTED} AS amount) wanted
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(n.total_amount), 0)::numeric(15, 3) AS amount FROM documents n WHERE n.invoice_id = d.id
        ) noted
        WHERE d.kind = 'invoice' AND NOT EXISTS (SELECT 1 FROM documents r WHERE r.replaces_id = d.id)
              AND (noted.amount < wanted.amount OR noted.amount > d.total_amount
                   OR (noted.amount > wanted.amount AND money.came_back = 0 AND o.status <> 'cancelled'
                       AND money.captured <= o.total_amount - o.credited_amount))
        ORDER BY d.id
        """,  # noqa: S608 - of our own words
    ),
)
