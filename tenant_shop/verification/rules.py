"""What must be true of a shop's stock, orders, payments, promotions and points, each as a SELECT of what breaks it."""

from tenant_shop.configuration.custom_fields.index import OUT_OF_STEP
from tenant_shop.verification.company_rules import COMPANIES
from tenant_shop.verification.documents import DOCUMENTS
from tenant_shop.verification.given_back import GIVEN_BACK
from tenant_shop.verification.quotes import QUOTES
from tenant_shop.verification.rule import Rule
from tenant_shop.verification.stock_rules import STOCK

__all__ = ["RULES", "Rule"]

AMOUNTS = (
    Rule(
        "line_total",
        "A line costs its quantity times its price, and never less than its share of the discount.",
        """
        SELECT 'line', i.id, o.order_number || ' ' || i.product_sku, i.total_price::text,
               greatest(i.quantity * i.unit_price, i.discount_amount)::text
        FROM order_items i JOIN orders o ON o.id = i.order_id
        WHERE i.total_price <> i.quantity * i.unit_price OR i.discount_amount > i.total_price
        ORDER BY i.id
        """,
    ),
    Rule(
        "order_parts",
        "An order's subtotal, discount and tax are the sums of its lines' (and the tax on delivery).",
        """
        SELECT 'order', o.id, o.order_number,
               concat_ws(' / ', o.subtotal_amount, o.discount_amount, o.tax_amount),
               concat_ws(' / ', lines.total, lines.discount, lines.tax + delivery.tax)
        FROM orders o
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(total_price), 0) AS total, COALESCE(sum(discount_amount), 0) AS discount,
                   COALESCE(sum(tax_amount), 0) AS tax
            FROM order_items WHERE order_id = o.id
        ) lines
        CROSS JOIN LATERAL (SELECT COALESCE((o.metadata ->> 'shipping_tax')::numeric, 0) AS tax) delivery
        WHERE (o.subtotal_amount, o.discount_amount, o.tax_amount)
              IS DISTINCT FROM (lines.total, lines.discount, lines.tax + delivery.tax)
        ORDER BY o.id
        """,
    ),
    Rule(
        "order_total",
        "An order costs its lines less the discount, with delivery, and with the tax unless prices contain it.",
        """
        SELECT 'order', id, order_number, total_amount::text, computed::text
        FROM orders CROSS JOIN LATERAL (
            SELECT subtotal_amount - discount_amount + shipping_amount
                   + CASE WHEN tax_included THEN 0 ELSE tax_amount END AS computed
        ) sums
        WHERE total_amount <> computed
        ORDER BY id
        """,
    ),
)

MONEY = (
    Rule(
        "refunds",
        "No more is given back of a payment, or on its way, than was captured, and no more comes back of that than was"
        " given.",
        """
        SELECT 'payment', payment_id, o.order_number, (refunded + COALESCE(pending, 0))::text, captured::text
        FROM (
            SELECT payment_id,
                   COALESCE(sum(amount) FILTER (WHERE kind = 'captured'), 0) AS captured,
                   COALESCE(sum(amount) FILTER (WHERE kind = 'refunded'), 0)
                       - COALESCE(sum(amount) FILTER (WHERE kind = 'refund_failed'), 0) AS refunded
            FROM payment_entries GROUP BY payment_id
        ) ledger
        JOIN payments p ON p.id = payment_id JOIN orders o ON o.id = p.order_id
        LEFT JOIN (SELECT payment_id, sum(amount) AS pending FROM payment_refunds WHERE state = 'pending' GROUP BY 1)
             reserved USING (payment_id)
        WHERE refunded < 0 OR refunded + COALESCE(pending, 0) > captured
        ORDER BY payment_id
        """,
    ),
    Rule(
        "owed",
        "What was taken beyond an order's price, or for a cancelled one, and not given back, is owed.",
        """
        SELECT 'order', o.id, o.order_number, o.owed_amount::text, owed::text
        FROM orders o
        LEFT JOIN (
            SELECT p.order_id,
                   COALESCE(sum(e.amount) FILTER (WHERE e.kind = 'captured'), 0)
                       - COALESCE(sum(e.amount) FILTER (WHERE e.kind = 'refunded'), 0)
                       + COALESCE(sum(e.amount) FILTER (WHERE e.kind = 'refund_failed'), 0) AS kept
            FROM payment_entries e JOIN payments p ON p.id = e.payment_id GROUP BY p.order_id
        ) ledger ON ledger.order_id = o.id
        CROSS JOIN LATERAL (
            SELECT greatest(COALESCE(kept, 0) - CASE WHEN o.status = 'cancelled' THEN 0
                            ELSE o.total_amount - o.credited_amount END, 0)
        ) computed (owed)
        WHERE o.owed_amount <> owed
        ORDER BY o.id
        """,
    ),
)

PROMOTIONS = (
    Rule(
        "code_uses",
        "A discount code counts the orders that use it.",
        """
        SELECT 'discount code', c.id, c.code, c.usage_count::text, count(r.id)::text
        FROM discount_codes c LEFT JOIN discount_redemptions r ON r.discount_id = c.id AND r.released_at IS NULL
        GROUP BY c.id HAVING c.usage_count <> count(r.id)
        ORDER BY c.id
        """,
    ),
    Rule(
        "code_given_back",
        "A cancelled order uses no discount code.",
        """
        SELECT 'order', o.id, o.order_number, c.code, ''
        FROM discount_redemptions r JOIN orders o ON o.id = r.order_id JOIN discount_codes c ON c.id = r.discount_id
        WHERE r.released_at IS NULL AND o.status = 'cancelled'
        ORDER BY o.id, c.code
        """,
    ),
)

DISCOUNTS_OF_ORDERS = (
    # History that was imported without its discounts has no uses.
    Rule(
        "line_discounts",
        "What a line saves is the sum of what each discount and the points take off it.",
        """
        SELECT 'line', i.id, o.order_number || ' ' || i.product_sku, i.discount_amount::text,
               (COALESCE(shares.amount, 0) + i.points_amount)::numeric(15, 3)::text
        FROM order_items i JOIN orders o ON o.id = i.order_id
        LEFT JOIN (SELECT item_id, sum(amount) AS amount FROM order_item_discounts GROUP BY 1) shares
               ON shares.item_id = i.id
        WHERE i.discount_amount <> COALESCE(shares.amount, 0) + i.points_amount
              AND EXISTS (SELECT FROM discount_redemptions r WHERE r.order_id = o.id)
        ORDER BY i.id
        """,
    ),
    Rule(
        "discount_shares",
        "What an order saves by a discount is the sum of what it takes off the order's lines.",
        """
        SELECT 'use of a discount', r.id, o.order_number || ' ' || r.title, r.amount::text,
               COALESCE(shares.amount, 0)::numeric(15, 3)::text
        FROM discount_redemptions r JOIN orders o ON o.id = r.order_id
        LEFT JOIN (SELECT s.redemption_id, sum(s.amount) FILTER (WHERE i.order_id = u.order_id) AS amount,
                          count(*) FILTER (WHERE i.order_id <> u.order_id) AS strange
                   FROM order_item_discounts s JOIN order_items i ON i.id = s.item_id
                   JOIN discount_redemptions u ON u.id = s.redemption_id GROUP BY 1) shares
               ON shares.redemption_id = r.id
        WHERE r.amount <> COALESCE(shares.amount, 0) OR shares.strange > 0
        ORDER BY r.id
        """,
    ),
)

CUSTOMERS = (
    Rule(
        "customer_totals",
        "A customer's number of orders and money spent are those of the delivered orders.",
        """
        SELECT 'customer', c.id, c.email, c.total_orders || ' / ' || c.total_spent,
               count(o.id) || ' / ' || COALESCE(sum(o.total_amount), 0)::numeric(15, 3)
        FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.status = 'delivered' AND NOT o.is_test
        GROUP BY c.id HAVING (c.total_orders, c.total_spent) <> (count(o.id), COALESCE(sum(o.total_amount), 0))
        ORDER BY c.id
        """,
    ),
    Rule(
        "ordered_carts",
        "A cart that was ordered is closed.",
        """
        SELECT 'cart', c.id, o.order_number, 'open', 'closed'
        FROM shopping_carts c JOIN orders o ON o.cart_id = c.id
        WHERE c.completed_at IS NULL
        ORDER BY c.id
        """,
    ),
)

LOYALTY = (
    Rule(
        "loyalty_balance",
        "A customer's points are the sum of their entries.",
        """
        SELECT 'customer', c.id, c.email, c.loyalty_points::text, COALESCE(sum(e.points), 0)::text
        FROM customers c LEFT JOIN loyalty_entries e ON e.customer_id = c.id
        GROUP BY c.id HAVING c.loyalty_points <> COALESCE(sum(e.points), 0)
        ORDER BY c.id
        """,
    ),
    Rule(
        "loyalty_taken_back",
        "No more points are taken back for an order than it earned, nor more given back than it spent.",
        """
        SELECT 'order', o.id, o.order_number, concat_ws(' / ', moved.taken, moved.given),
               concat_ws(' / ', moved.earned, moved.spent)
        FROM (
            SELECT order_id,
                   COALESCE(sum(points) FILTER (WHERE reason = 'earned'), 0) AS earned,
                   -COALESCE(sum(points) FILTER (WHERE reason = 'taken_back'), 0) AS taken,
                   -COALESCE(sum(points) FILTER (WHERE reason = 'spent'), 0) AS spent,
                   COALESCE(sum(points) FILTER (WHERE reason = 'given_back'), 0) AS given
            FROM loyalty_entries WHERE order_id IS NOT NULL GROUP BY 1
        ) moved JOIN orders o ON o.id = moved.order_id
        WHERE moved.taken > moved.earned OR moved.given > moved.spent
        ORDER BY o.id
        """,
    ),
    Rule(
        "loyalty_spent",
        "An order takes the points that its customer's ledger says; cancelled, it has given all of them back.",
        """
        SELECT 'order', o.id, o.order_number, concat_ws(' / ', moved.spent, moved.given),
               concat_ws(' / ', o.points_spent, CASE WHEN o.status = 'cancelled' THEN o.points_spent END)
        FROM orders o
        CROSS JOIN LATERAL (
            SELECT -COALESCE(sum(points) FILTER (WHERE reason = 'spent'), 0) AS spent,
                   COALESCE(sum(points) FILTER (WHERE reason = 'given_back'), 0) AS given
            FROM loyalty_entries WHERE order_id = o.id
        ) moved
        WHERE moved.spent <> o.points_spent OR (o.status = 'cancelled' AND moved.given <> o.points_spent)
        ORDER BY o.id
        """,
    ),
    Rule(
        "points_amount",
        "What points take off an order is the sum of what they take off its lines.",
        """
        SELECT 'order', o.id, o.order_number, o.points_amount::text, lines.amount::text
        FROM orders o
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(points_amount), 0)::numeric(15, 3) AS amount FROM order_items WHERE order_id = o.id
        ) lines
        WHERE o.points_amount <> lines.amount
        ORDER BY o.id
        """,
    ),
)

# One that is being made, or could not be made, says so on its page.
CUSTOM_FIELDS = (
    Rule(
        "custom_indexes",
        "The indexes of custom fields are those that their fields say they have.",
        OUT_OF_STEP.format(state="index_state = 'ready'"),
    ),
)

RULES = (
    *STOCK,
    *AMOUNTS,
    *MONEY,
    *PROMOTIONS,
    *DISCOUNTS_OF_ORDERS,
    *CUSTOMERS,
    *LOYALTY,
    *COMPANIES,
    *QUOTES,
    *GIVEN_BACK,
    *DOCUMENTS,
    *CUSTOM_FIELDS,
)
