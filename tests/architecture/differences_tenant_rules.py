"""The uniqueness, foreign keys and checks of a shop's database that the specification lacks."""

ADDED_UNIQUE = {
    "cart_items unique (cart_id, variant_id)": "a variant has one line in a cart",
    "product_reviews unique (product_id, customer_id)": "a customer reviews a product once",
    "shopping_carts unique (quote_id)": "an offer has one cart",
    "orders unique (cart_id)": "a cart becomes one order",
    "orders unique (idempotency_key)": "a submission sent twice orders once",
    "orders unique (public_token)": "a link leads to one order",
}
ADDED_FOREIGN_KEYS = {
    "cart_items foreign key (product_id, variant_id)": (
        "product_variants(product_id, id) ON DELETE CASCADE",
        "a line cannot name another product's variant",
    ),
    "order_items foreign key (product_id, variant_id)": (
        "product_variants(product_id, id)",
        "a line cannot name another product's variant; a sold variant stays",
    ),
    "orders foreign key (company_id)": ("companies(id)", "a company that has ordered stays"),
    "customers foreign key (group_id)": (
        "customer_groups(id) ON DELETE SET NULL",
        "whose prices hold for them",
    ),
    "shopping_carts foreign key (quote_id)": (
        "quote_requests(id) ON DELETE CASCADE",
        "an offer is accepted by ordering its cart",
    ),
    "product_reviews foreign key (customer_id)": ("customers(id) ON DELETE CASCADE", "the specification forgot it"),
    "product_reviews foreign key (order_id)": ("orders(id) ON DELETE SET NULL", "the specification forgot it"),
}
ADDED_CHECKS = {
    "brands check (slug)": "CHECK (((slug)::text ~ '^[-a-zA-Z0-9_]+$'::text))",
    "cart_items check (unit_price)": "CHECK ((unit_price >= (0)::numeric))",
    "categories check (parent_id, id)": "CHECK ((NOT ((parent_id = id) AND (parent_id IS NOT NULL))))",
    "categories check (slug)": "CHECK (((slug)::text ~ '^[-a-zA-Z0-9_]+$'::text))",
    "discount_codes check (code)": "CHECK (((code)::text = upper((code)::text)))",
    "discount_codes check (usage_count)": "CHECK ((usage_count >= 0))",
    "discount_codes check (value, type)": (
        "CHECK (((value >= (0)::numeric) AND ((NOT ((type)::text = 'percentage'::text)) OR (value <= (100)::numeric))))"
    ),
    "order_items check (discount_amount, tax_amount, total_price, unit_price)": (
        "CHECK (((discount_amount >= (0)::numeric) AND (tax_amount >= (0)::numeric) "
        "AND (total_price >= (0)::numeric) AND (unit_price >= (0)::numeric)))"
    ),
    "order_items check (quantity_fulfilled, quantity)": (
        "CHECK (((quantity_fulfilled >= 0) AND (quantity_fulfilled <= quantity)))"
    ),
    "order_items check (points_amount, discount_amount)": (
        "CHECK (((points_amount >= (0)::numeric) AND (points_amount <= discount_amount)))"
    ),
    "order_items check (tax_rate)": "CHECK ((tax_rate >= (0)::numeric))",
    "orders check (currency)": "CHECK (((currency)::text ~ '^[A-Z]{3}$'::text))",
    "orders check (discount_amount, shipping_amount, subtotal_amount, tax_amount, total_amount)": (
        "CHECK (((discount_amount >= (0)::numeric) AND (shipping_amount >= (0)::numeric) "
        "AND (subtotal_amount >= (0)::numeric) AND (tax_amount >= (0)::numeric) AND (total_amount >= (0)::numeric)))"
    ),
    "orders check (reverse_charge, tax_amount, tax_included, company_tax_id)": (
        "CHECK (((NOT reverse_charge) OR ((tax_amount = (0)::numeric) AND (NOT tax_included) "
        "AND (NOT ((company_tax_id)::text = ''::text)))))"
    ),
    "orders check (owed_amount)": "CHECK ((owed_amount >= (0)::numeric))",
    "orders check (credited_amount, total_amount)": (
        "CHECK (((credited_amount >= (0)::numeric) AND (credited_amount <= total_amount)))"
    ),
    "orders check (points_amount, points_spent, discount_amount)": (
        "CHECK ((((points_amount = (0)::numeric) AND (points_spent = 0)) OR ((points_amount > (0)::numeric) "
        "AND (points_amount <= discount_amount) AND (points_spent > 0))))"
    ),
    "product_reviews check (helpful_votes)": "CHECK ((helpful_votes >= 0))",
    "product_reviews check (replied_at, reply)": (
        "CHECK ((((replied_at IS NULL) AND (reply = ''::text)) OR ((NOT (reply = ''::text)) "
        "AND (replied_at IS NOT NULL))))"
    ),
    "products check (compare_at_price)": "CHECK ((compare_at_price >= (0)::numeric))",
    "products check (cost_price)": "CHECK ((cost_price >= (0)::numeric))",
    "products check (customs_code)": "CHECK (((customs_code)::text ~ '^([0-9]{4,12})?$'::text))",
    "products check (origin_country)": "CHECK (((origin_country)::text ~ '^([A-Z]{2})?$'::text))",
    "products check (price)": "CHECK ((price >= (0)::numeric))",
    "products check (slug)": "CHECK (((slug)::text ~ '^[-a-zA-Z0-9_]+$'::text))",
    "products check (tax_class)": "CHECK (((tax_class)::text ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text))",
    "settings check (key, value)": (
        "CHECK ((((key)::text <> 'timezone'::text) OR "
        "((CURRENT_TIMESTAMP AT TIME ZONE (value #>> '{}'::text[])) IS NOT NULL)))"
    ),
    "shopping_carts check (discount_amount)": "CHECK ((discount_amount >= (0)::numeric))",
}
