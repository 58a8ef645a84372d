"""The deliberate differences between the specification and a shop's database, each with its reason.

The list is exact, as the platform's in `differences.py`.
"""

from tests.architecture.comparison import Deliberate, Everywhere
from tests.architecture.differences_tenant_behaviour import (
    ADDED_FUNCTIONS,
    ADDED_TRIGGERS,
    LISTING_TRIGGERS,
    LISTING_VIEW,
    PAGES_ARE_CURRENT,
    RAISING_TRIGGERS,
    SEARCH_FUNCTIONS,
)

EVERYWHERE = {
    Everywhere("default", "uuid_generate_v4()", "gen_random_uuid()"): "in PostgreSQL's core since 13; no extension",
    Everywhere("null", "nullable, with a default", "not null"): "a column with a default needs no third state",
    Everywhere("type", "numeric(10,2)", "numeric(13,3)"): "as wide as the products' prices, and three decimals for KWD",
    Everywhere("type", "numeric(12,2)", "numeric(13,3)"): "three decimals where the currency has them",
    Everywhere("type", "numeric(12,2)", "numeric(15,3)"): "a sum is wider than its parts",
    Everywhere("type", "numeric(10,2)", "numeric(15,3)"): "a sum is wider than its parts",
}

ADDED_TABLES = {
    "cart_losses": "what is deleted while it is in a cart is told the shopper once",
    "analytics_category_daily": "what categories sold by day",
    "analytics_product_daily": "what products sold by day",
    "analytics_state": "how far the figures are rolled up",
    "catalogue_version": "cached pages say under which version they were read",
    "companies": "who buys may be a company, with terms of its own",
    "company_members": "several people buy for one company",
    "cover_pictures": "an upload of a category or brand, whose own rows keep its address only",
    "credit_note_lines": "what was taken back, as it was priced",
    "credit_notes": "what was taken back is a document of its own day",
    "customer_consents": "what was agreed to, and when",
    "customer_groups": "customers who buy at prices of their own",
    "customer_sessions": "where a customer is logged in",
    "customer_tokens": "links in mails are good once",
    "discarded_pictures": "files whose row is gone are still to be removed",
    "discount_redemptions": "each use of a code once, per order and per customer",
    "django_migrations": "Django's own ledger",
    "django_session": "sessions live where the host leads",
    "listing_changes": "kept facet counts say which changes they have seen",
    "loyalty_entries": "points are a ledger; a balance alone cannot say why",
    "old_slugs": "old links lead on after a slug has changed",
    "order_item_discounts": "refunds derive from stored lines, and know by which discount they were cheaper",
    "order_counters": "numbers from a locked row instead of MAX + 1",
    "pages": "the merchant's own pages: about, terms, privacy",
    "outbox_events": "events are written in the business transaction",
    "payment_entries": "payments are an append-only ledger",
    "payment_refunds": "a refund takes up its amount before the gateway is asked",
    "payments": "one row for each attempt to pay",
    "price_list_entries": "what goods cost a group, from so many pieces on",
    "price_lists": "prices of a group, for a time",
    "product_listing": "lists filter, count and sort by one row for each product",
    "product_search": "search looks at one row for each product, in the shop's language",
    "product_skus": "an SKU is unique over products and variants",
    "product_variants": "variants are rows; the column products.variants shows them",
    "purchase_requests": "carts that wait for somebody's approval",
    "quantity_rules": "some goods are sold in certain numbers only",
    "quote_events": "each step of a request for a quote",
    "quote_lines": "what is asked for, and the price that is offered",
    "quote_requests": "what customers ask the price of, and the merchant's answer",
    "return_lines": "how many pieces of a line come back",
    "returns": "what customers want to send back",
    "search_counts": "what shoppers searched for, day by day",
    "search_index": "how the rows of search were read",
    "search_synonym_pairs": "synonyms as search looks them up",
    "search_synonyms": "words that mean the same in this shop",
    "search_words": "the shop's own words, to set misspelt ones right",
    "shipments": "an order is sent in parcels, each with its own number",
    "shipping_zone_rates": "ways to deliver to a zone, by weight and total",
    "shipping_zones": "countries and states that are delivered to alike",
    "saved_items": "what was laid aside from a cart",
    "stock_alerts": "who waits for what is sold out",
    "stock_movements": "stock is a ledger",
    "tax_rates": "tax by country, state and class of goods",
    "tenant_sentinel": "the second lock: whose database this is",
    "wishlist_items": "what customers would like to have",
}
ADDED_COLUMNS = {
    "cart_items.was_short": ("boolean not null default false", "a shortage is told once"),
    "cart_items.variant_id": ("uuid not null", "what goes into a cart is a variant"),
    "customers.group_id": ("uuid", "whose prices hold for them"),
    "discount_codes.combines_with_order": ("boolean not null default false", "discounts say beside which they hold"),
    "discount_codes.combines_with_product": ("boolean not null default false", "discounts say beside which they hold"),
    "discount_codes.combines_with_shipping": ("boolean not null default false", "discounts say beside which they hold"),
    "discount_codes.excludes_sale_items": ("boolean not null default false", "nothing off what is reduced already"),
    "discount_codes.first_order_only": ("boolean not null default false", "for new customers"),
    "order_items.discount_amount": ("numeric(15,3) not null default 0", "refunds derive from stored lines"),
    "order_items.points_amount": ("numeric(15,3) not null default 0", "refunds give the points back that a line took"),
    "order_items.position": ("integer not null default 0", "lines keep their order"),
    "order_items.tax_amount": ("numeric(15,3) not null default 0", "refunds derive from stored lines"),
    "order_items.tax_rate": ("numeric(7,6) not null default 0", "what the tax amount was computed with"),
    "order_items.variant_id": ("uuid", "what was sold; empty in imported history"),
    "orders.cart_id": ("uuid", "a cart becomes one order, however often it is sent"),
    "orders.company_id": ("uuid", "whose order it is, when a company buys"),
    "orders.company_name": ("character varying(255) not null default ''::character varying", "as it was called then"),
    "orders.company_tax_id": ("character varying(30) not null default ''::character varying", "as it was then"),
    "orders.purchase_number": (
        "character varying(50) not null default ''::character varying",
        "the buyer's own number for the order",
    ),
    "orders.reverse_charge": ("boolean not null default false", "whether the buyer owes the tax"),
    "orders.payment_due_at": ("timestamp with time zone", "an unpaid order is a reservation that expires"),
    "orders.owed_amount": ("numeric(15,3) not null default 0", "money that has to be given back is found at once"),
    "orders.points_amount": ("numeric(15,3) not null default 0", "what of the discount points took off"),
    "orders.points_spent": ("integer not null default 0", "points that the order took"),
    "orders.idempotency_key": ("character varying(255)", "a submission sent twice orders once"),
    "orders.public_token": ("uuid not null default gen_random_uuid()", "order numbers can be guessed"),
    "orders.tax_included": ("boolean not null default false", "whether the prices contained the tax"),
    "product_images.rendition_attempts": ("smallint not null default 0", "a file that kills workers is left alone"),
    "product_images.rendition_problem": ("character varying(500)", "why renditions could not be made"),
    "product_images.renditions": ("jsonb", "the sizes and formats that were made of a picture"),
    "product_images.renditions_due_at": ("timestamp with time zone", "pictures wait for a worker, one at a time"),
    "products.tax_class": (
        "character varying(50) not null default 'standard'::character varying",
        "goods are taxed by their class",
    ),
    "shopping_carts.quote_id": ("uuid", "an offer is accepted by ordering its cart"),
    "shopping_carts.frozen_at": ("timestamp with time zone", "nobody changes what waits for an approval"),
    "shopping_carts.completed_at": ("timestamp with time zone", "a cart that was ordered is closed"),
}
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
    "orders check (points_amount, points_spent, discount_amount)": (
        "CHECK ((((points_amount = (0)::numeric) AND (points_spent = 0)) OR ((points_amount > (0)::numeric) "
        "AND (points_amount <= discount_amount) AND (points_spent > 0))))"
    ),
    "product_reviews check (helpful_votes)": "CHECK ((helpful_votes >= 0))",
    "products check (compare_at_price)": "CHECK ((compare_at_price >= (0)::numeric))",
    "products check (cost_price)": "CHECK ((cost_price >= (0)::numeric))",
    "products check (price)": "CHECK ((price >= (0)::numeric))",
    "products check (slug)": "CHECK (((slug)::text ~ '^[-a-zA-Z0-9_]+$'::text))",
    "products check (tax_class)": "CHECK (((tax_class)::text ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text))",
    "settings check (key, value)": (
        "CHECK ((((key)::text <> 'timezone'::text) OR "
        "((CURRENT_TIMESTAMP AT TIME ZONE (value #>> '{}'::text[])) IS NOT NULL)))"
    ),
    "shopping_carts check (discount_amount)": "CHECK ((discount_amount >= (0)::numeric))",
}
ADDED_INDEXES = {
    "customer_addresses index idx_addresses_customer": ("USING btree (customer_id)", "a customer's address book"),
    "customer_addresses index customer_addresses_one_for_billing": (
        "unique USING btree (customer_id) WHERE (is_default AND ((type)::text = ANY ((ARRAY['billing'::character "
        "varying, 'both'::character varying])::text[])))",
        "one address is chosen for bills",
    ),
    "customer_addresses index customer_addresses_one_for_shipping": (
        "unique USING btree (customer_id) WHERE (is_default AND ((type)::text = ANY ((ARRAY['shipping'::character "
        "varying, 'both'::character varying])::text[])))",
        "one address is chosen for deliveries",
    ),
    "customers index idx_customers_group": (
        "USING btree (group_id) WHERE (group_id IS NOT NULL)",
        "a group's customers",
    ),
    "orders index idx_orders_guest_email": (
        "USING btree (lower((customer_email)::text)) WHERE (customer_id IS NULL)",
        "a customer's orders from before they had an account",
    ),
    "order_status_history index idx_order_history_order": ("USING btree (order_id)", "an order's timeline"),
    "discount_codes index idx_discounts_automatic": (
        "USING btree (created_at, id) WHERE ((code IS NULL) AND is_active)",
        "the discounts that need no code",
    ),
    "orders index idx_orders_company": (
        "USING btree (company_id, created_at) WHERE (company_id IS NOT NULL)",
        "a company's orders",
    ),
    "orders index idx_orders_pay_later_due": (
        "USING btree (payment_due_at) WHERE (((payment_method)::text = 'pay_later'::text) "
        "AND ((payment_status)::text = 'pending'::text))",
        "the invoices that are open",
    ),
    "orders index idx_orders_updated_at": (
        "USING btree (updated_at)",
        "which days the figures have to be rolled up for",
    ),
    "orders index idx_orders_owed": (
        "USING btree (created_at) WHERE (owed_amount > (0)::numeric)",
        "the orders whose customers are owed money",
    ),
    "orders index idx_orders_payment_due_at": (
        "USING btree (payment_due_at) WHERE ((status)::text = 'pending'::text)",
        "the orders that expire",
    ),
    "product_images index idx_product_images_due": (
        "USING btree (renditions_due_at) WHERE (renditions_due_at IS NOT NULL)",
        "the pictures that wait for a worker",
    ),
    "product_images index idx_product_images_product": ("USING btree (product_id, sort_order)", "a product's gallery"),
    "product_reviews index idx_product_reviews_customer": ("USING btree (customer_id)", "a customer's reviews"),
    "product_reviews index idx_product_reviews_product": (
        "USING btree (product_id, status, created_at)",
        "the reviews on a product's page",
    ),
    "shopping_carts index shopping_carts_open_by_customer": (
        "unique USING btree (customer_id) WHERE ((completed_at IS NULL) AND (frozen_at IS NULL))",
        "a customer has one open cart",
    ),
    "shopping_carts index shopping_carts_open_by_session": (
        "unique USING btree (session_id) WHERE (completed_at IS NULL)",
        "a session has one open cart",
    ),
}
TABLES_WITH_NEW_UPDATED_AT_TRIGGERS = [
    "brands",
    "cart_items",
    "customer_addresses",
    "discount_codes",
    "email_campaigns",
    "product_reviews",
    "settings",
    "shopping_carts",
    "webhooks",
]

SHOP = Deliberate(
    one_by_one={
        "customers index idx_customers_email": (
            "USING btree (email)",
            "unique USING btree (lower((email)::text))",
            "the unique constraint has an index already; this one makes Ann@ and ann@ one account",
        ),
        "discount_codes.code null": ("not null", "nullable", "a discount without a code is given to everybody"),
        "orders.order_number default": (
            "none",
            "generate_order_number()",
            "so that Django reads the number back; the trigger fills in for an empty one",
        ),
        "orders trigger update_customer_stats_trigger": (
            "AFTER INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION update_customer_stats()",
            "AFTER INSERT OR DELETE OR UPDATE OF status, customer_id, total_amount ON orders "
            "FOR EACH ROW EXECUTE FUNCTION update_customer_stats()",
            "deletions and changed customers and totals count too",
        ),
        **{name: (None, "table", reason) for name, reason in ADDED_TABLES.items()},
        **{name: (None, *added) for name, added in ADDED_COLUMNS.items()},
        **{name: (None, "yes", reason) for name, reason in ADDED_UNIQUE.items()},
        **{name: (None, *added) for name, added in ADDED_FOREIGN_KEYS.items()},
        **{name: (None, check, "an impossible value is refused") for name, check in ADDED_CHECKS.items()},
        **{name: (None, *added) for name, added in ADDED_INDEXES.items()},
        **{
            f"{table} trigger update_{table}_updated_at": (
                None,
                f"BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION update_updated_at_column()",
                "updated_at changes on every table that has it",
            )
            for table in TABLES_WITH_NEW_UPDATED_AT_TRIGGERS
        },
        **{name: (None, *added) for name, added in ADDED_TRIGGERS.items()},
        **{name: (None, *added) for name, added in RAISING_TRIGGERS.items()},
        **{name: (None, *added) for name, added in LISTING_TRIGGERS.items()},
        "function listing_depends_on(products)": (None, "returns text", "most sales change no list"),
        "view product_listing_facts": (None, LISTING_VIEW, "what a product's row says to lists"),
        "products index idx_products_search": (
            "USING gin (to_tsvector('english'::regconfig, (((name)::text || ' '::text) || "
            "COALESCE(description, ''::text))))",
            None,
            "product_search has its own, in the shop's language and with SKUs, brands and tags",
        ),
        **{f"function {name}": (None, "returns trigger", reason) for name, reason in ADDED_FUNCTIONS.items()},
        **{
            f"function {name}": (None, f"returns {result}", "search is one statement")
            for name, result in SEARCH_FUNCTIONS.items()
        },
        **{
            f"function {name}": (None, f"returns {result}", "cached pages are never stale")
            for name, result in PAGES_ARE_CURRENT.items()
        },
    },
    everywhere=EVERYWHERE,
)
