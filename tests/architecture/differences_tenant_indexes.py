"""The indexes of a shop's database that the specification lacks, each with what it is for."""

ADDED_INDEXES = {
    "products index idx_products_low": ("USING btree (name, id) WHERE runs_low", "the few that run low, by name"),
    "products index idx_products_words": (
        "USING gin (upper((((((' '::text || (COALESCE(name, ''::character varying))::text) || ' '::text) || "
        "(COALESCE(slug, ''::character varying))::text) || ' '::text) || COALESCE(tags_as_text(tags), ''::text))) "
        "gin_trgm_ops)",
        "the back office finds products by any part of their name",
    ),
    "customers index idx_customers_words": (
        "USING gin (upper((((((((' '::text || (COALESCE(first_name, ''::character varying))::text) || ' '::text) || "
        "(COALESCE(last_name, ''::character varying))::text) || ' '::text) || (COALESCE(email, ''::character "
        "varying))::text) || ' '::text) || (COALESCE(phone, ''::character varying))::text)) gin_trgm_ops)",
        "the back office finds customers by any part of their name or address",
    ),
    "products index idx_products_changed": (
        "USING btree (updated_at, id)",
        "programs read products in the order in which they changed",
    ),
    "customers index idx_customers_changed": (
        "USING btree (updated_at, id)",
        "programs read customers in the order in which they changed",
    ),
    "customers index idx_customers_newest": ("USING btree (created_at, id)", "the newest customers, however many"),
    "product_reviews index idx_product_reviews_newest": (
        "USING btree (created_at, id)",
        "the newest reviews, however many",
    ),
    "product_reviews index idx_product_reviews_status": (
        "USING btree (status, created_at, id)",
        "the few reviews that wait",
    ),
    "product_reviews index idx_product_reviews_words": (
        "USING gin (upper((((' '::text || (COALESCE(title, ''::character varying))::text) || ' '::text) || "
        "COALESCE(content, ''::text))) gin_trgm_ops)",
        "the back office finds reviews by any part of their words",
    ),
    "customers index idx_customers_tags": ("USING gin (tags)", "customers are listed by their tags"),
    "orders index idx_orders_tags": ("USING gin (tags) WHERE (tags IS NOT NULL)", "orders are listed by their tags"),
    "orders index idx_orders_known_by": (
        "USING gin (upper((((((((((((((' '::text || (COALESCE(order_number, ''::character varying))::text) "
        "|| ' '::text) || (COALESCE(customer_email, ''::character varying))::text) || ' '::text) || "
        "(COALESCE(customer_phone, ''::character varying))::text) || ' '::text) || "
        "(COALESCE(purchase_number, ''::character varying))::text) || ' '::text) || (COALESCE(company_name, "
        "''::character varying))::text) || ' '::text) || COALESCE((shipping_address ->> 'first_name'::text), "
        "''::text)) || ' '::text) || COALESCE((shipping_address ->> 'last_name'::text), ''::text))) "
        "gin_trgm_ops)",
        "the back office finds orders by any part of number, address, telephone or name",
    ),
    "products index idx_products_name": (
        "USING btree (name, id)",
        "the back office lists products by name, however many there are",
    ),
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
    "orders index idx_orders_tests": (
        "USING btree (created_at) WHERE is_test",
        "what was ordered while the shop was tried out is listed and deleted",
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
