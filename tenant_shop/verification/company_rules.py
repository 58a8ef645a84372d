"""What must be true of what companies buy."""

from tenant_shop.verification.rule import Rule

COMPANIES = (
    Rule(
        "approved_requests",
        "A purchase that was approved is an order of its cart, of the same company and for who asked.",
        """
        SELECT 'purchase request', r.id, o.order_number, concat_ws(' / ', r.cart_id = o.cart_id, c.name),
               concat_ws(' / ', true, o.company_name)
        FROM purchase_requests r JOIN orders o ON o.id = r.order_id JOIN companies c ON c.id = r.company_id
        WHERE r.cart_id IS DISTINCT FROM o.cart_id OR r.company_id IS DISTINCT FROM o.company_id
              OR (r.customer_id IS NOT NULL AND r.customer_id <> o.customer_id)
        ORDER BY r.id
        """,
    ),
    Rule(
        "frozen_carts",
        "A cart is frozen while a purchase of it waits for approval, and no longer.",
        """
        SELECT 'cart', c.id, COALESCE(u.email, ''), CASE WHEN c.frozen_at IS NULL THEN 'open' ELSE 'frozen' END,
               CASE WHEN r.id IS NULL THEN 'open' ELSE 'frozen' END
        FROM shopping_carts c LEFT JOIN customers u ON u.id = c.customer_id
        LEFT JOIN purchase_requests r ON r.cart_id = c.id AND r.status = 'pending'
        WHERE c.completed_at IS NULL AND (c.frozen_at IS NULL) <> (r.id IS NULL)
        ORDER BY c.id
        """,
    ),
    # How much may be open is a question of the moment an order is placed: the limit may be lowered afterwards.
    Rule(
        "invoices",
        "Only companies pay later, and by a day that is written down.",
        """
        SELECT 'order', id, order_number, concat_ws(' / ', company_name, payment_due_at IS NOT NULL), 'a company / t'
        FROM orders
        WHERE payment_method = 'pay_later' AND total_amount > 0 AND (company_id IS NULL OR payment_due_at IS NULL)
        ORDER BY id
        """,
    ),
)
