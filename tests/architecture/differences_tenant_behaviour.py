"""What a shop's database does by itself beyond the specification: its triggers and functions, each with its reason."""

from collections.abc import Mapping

# What search reads of a product; a sale changes none of it.
SEARCHED = {
    "name": "::text", "sku": "::text", "brand_id": "", "category_id": "", "tags": "", "short_description": "",
    "description": "", "specifications": "", "features": "", "status": "::text", "visibility": "::text",
}  # fmt: skip


def _any_changed(columns: Mapping[str, str]) -> str:
    """The condition that one of `columns`, compared as the given type, is another, as PostgreSQL writes it."""
    compared = [
        f"(({old}){kind} IS DISTINCT FROM ({new}){kind})" if kind else f"({old} IS DISTINCT FROM {new})"
        for old, new, kind in ((f"old.{name}", f"new.{name}", kind) for name, kind in columns.items())
    ]
    joined = compared[0]
    for comparison in compared[1:]:
        joined = f"({joined} OR {comparison})"
    return joined


ENTRY = "EXECUTE FUNCTION refuse_change('points change by a row in loyalty_entries only')"
KEPT = "EXECUTE FUNCTION refuse_change('variants and inventory_quantity are kept from product_variants')"
ADDED_TRIGGERS = {
    "orders trigger forget_test_order_trigger": (
        "BEFORE DELETE ON orders FOR EACH ROW WHEN (old.is_test) EXECUTE FUNCTION forget_test_order()",
        "with a test order goes what was written of its money",
    ),
    "orders trigger orders_stay_tests": (
        "BEFORE UPDATE OF is_test ON orders FOR EACH ROW WHEN ((old.is_test <> new.is_test)) "
        "EXECUTE FUNCTION refuse_change('an order is a test from the beginning, or never')",
        "nobody makes a real order one that can be deleted",
    ),
    "products trigger products_leave_carts": (
        "BEFORE DELETE ON products FOR EACH ROW EXECUTE FUNCTION note_cart_losses()",
        "what is deleted while it is in a cart is told the shopper once",
    ),
    **{
        f"{table} trigger {table}_searched": (
            f"AFTER UPDATE OF name ON {table} FOR EACH ROW WHEN (((old.name)::text IS DISTINCT FROM (new.name)::text)) "
            "EXECUTE FUNCTION keep_product_search()",
            "products are found by it",
        )
        for table in ("brands", "categories")
    },
    "products trigger products_searched": (
        f"AFTER UPDATE OF {', '.join(SEARCHED)} ON products FOR EACH ROW WHEN ({_any_changed(SEARCHED)}) "
        "EXECUTE FUNCTION keep_product_search()",
        "products are found by what they say now",
    ),
    "product_images trigger product_images_deleted": (
        "AFTER DELETE ON product_images FOR EACH ROW WHEN ((old.filename IS NOT NULL)) "
        "EXECUTE FUNCTION note_discarded_picture()",
        "no way of deleting a picture forgets its files",
    ),
    "product_images trigger product_images_replaced": (
        "AFTER UPDATE OF filename ON product_images FOR EACH ROW WHEN (((old.filename IS NOT NULL) AND "
        "((old.filename)::text IS DISTINCT FROM (new.filename)::text))) EXECUTE FUNCTION note_discarded_picture()",
        "no way of replacing a picture forgets its files",
    ),
    "products trigger products_have_a_variant": (
        "AFTER INSERT ON products DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_variant()",
        "every product has a variant",
    ),
    "products trigger products_show_their_variants": (
        "BEFORE UPDATE ON products FOR EACH ROW WHEN (((pg_trigger_depth() = 0) AND "
        "((old.inventory_quantity IS DISTINCT FROM new.inventory_quantity) OR "
        f"(old.variants IS DISTINCT FROM new.variants)))) {KEPT}",
        "the projection cannot drift",
    ),
    "customers trigger customers_points_by_entry": (
        "BEFORE UPDATE ON customers FOR EACH ROW WHEN (((pg_trigger_depth() = 0) AND "
        f"(old.loyalty_points <> new.loyalty_points))) {ENTRY}",
        "the balance cannot drift from its ledger",
    ),
    "customers trigger customers_start_without_points": (
        f"BEFORE INSERT ON customers FOR EACH ROW WHEN ((new.loyalty_points <> 0)) {ENTRY}",
        "the balance cannot drift from its ledger",
    ),
    "products trigger products_run_low": (
        "BEFORE INSERT OR UPDATE OF variants, status, track_inventory, low_stock_threshold, runs_low ON products "
        "FOR EACH ROW EXECUTE FUNCTION keep_runs_low()",
        "what runs low is counted without reading variants",
    ),
    "products trigger products_start_empty": (
        "BEFORE INSERT ON products FOR EACH ROW WHEN "
        f"(((new.inventory_quantity <> 0) OR (new.variants <> '[]'::jsonb))) {KEPT}",
        "the projection cannot drift",
    ),
    "products trigger products_sku_changed": (
        "AFTER UPDATE OF sku ON products FOR EACH ROW WHEN (((old.sku)::text <> (new.sku)::text)) "
        "EXECUTE FUNCTION keep_sku_registry()",
        "an SKU is unique over products and variants",
    ),
    "products trigger products_sku_held": (
        "AFTER INSERT ON products FOR EACH ROW EXECUTE FUNCTION keep_sku_registry()",
        "an SKU is unique over products and variants",
    ),
}
for _table, _kind in (("products", "product"), ("categories", "category"), ("brands", "brand")):
    ADDED_TRIGGERS[f"{_table} trigger {_table}_old_slug"] = (
        f"AFTER UPDATE OF slug ON {_table} FOR EACH ROW WHEN (((old.slug)::text <> (new.slug)::text)) "
        f"EXECUTE FUNCTION keep_old_slug('{_kind}')",
        "old links lead on after a slug has changed",
    )
    ADDED_TRIGGERS[f"{_table} trigger {_table}_old_slugs_gone"] = (
        f"AFTER DELETE ON {_table} FOR EACH ROW EXECUTE FUNCTION keep_old_slug('{_kind}')",
        "what is gone has no old links",
    )
# The conditions under which a change of a specified table changes pages; tests of the schema try each of them.
RAISING = {
    "brands": {"insert": "true", "update": "old.* IS DISTINCT FROM new.*", "delete": "true"},
    "categories": {"insert": "true", "update": "old.* IS DISTINCT FROM new.*", "delete": "true"},
    "customers": {
        "update": "((old.first_name)::text IS DISTINCT FROM (new.first_name)::text) "
        "OR ((old.last_name)::text IS DISTINCT FROM (new.last_name)::text)"
    },
    "product_images": {"insert": "true", "update": "picture_looks_different(old.*, new.*)", "delete": "true"},
    "product_reviews": {
        "insert": "(new.status)::text = 'approved'::text",
        "update": "('approved'::text = (old.status)::text) OR ('approved'::text = (new.status)::text)",
        "delete": "(old.status)::text = 'approved'::text",
    },
    "products": {"insert": "true", "update": "product_looks_different(old.*, new.*)", "delete": "true"},
    "settings": {"insert": "true", "update": "old.* IS DISTINCT FROM new.*", "delete": "true"},
}
RAISES = "EXECUTE FUNCTION raise_catalogue_version()"


def _raising(table: str, happening: str, condition: str) -> str:
    condition = condition if condition == "true" or "_looks_different" in condition else f"({condition})"
    return (
        f"AFTER {happening.upper()} ON {table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
        f"WHEN (({condition} AND first_catalogue_change())) {RAISES}"
    )


RAISING_TRIGGERS = {
    f"{table} trigger catalogue_version_{happening}": (
        _raising(table, happening, condition),
        "cached pages are never stale",
    )
    for table, conditions in RAISING.items()
    for happening, condition in conditions.items()
} | {
    f"{table} trigger catalogue_version_truncate": (
        f"AFTER TRUNCATE ON {table} FOR EACH STATEMENT {RAISES}",
        "cached pages are never stale",
    )
    for table in RAISING
}
TOLD = "other systems hear of it, whatever way it came about"
NO_NEWS = "updated_at,password_hash,password_changed_at,last_login_at,failed_login_attempts,locked_until,"
OLD, NEW = "REFERENCING OLD TABLE AS was", "REFERENCING NEW TABLE AS fresh"
BOTH = "REFERENCING OLD TABLE AS was NEW TABLE AS fresh"


def _recording(table: str, happening: str, rows: str, function: str) -> tuple[str, str]:
    return f"AFTER {happening} ON {table} {rows} FOR EACH STATEMENT EXECUTE FUNCTION {function}", TOLD


EVENT_TRIGGERS = {
    f"{table} trigger {table}_tell_{name}": _recording(table, happening, rows, function)
    for table, name, happening, rows, function in (
        ("products", "added", "INSERT", NEW, "record_added_rows('product')"),
        ("products", "changed", "UPDATE", BOTH, "record_changed_rows('product', '{updated_at,runs_low}')"),
        ("products", "deleted", "DELETE", OLD, "record_deleted_rows('product', '{id,name,slug,sku}')"),
        ("products", "ran_low", "UPDATE", BOTH, "record_low_stock()"),
        ("customers", "added", "INSERT", NEW, "record_added_rows('customer')"),
        (
            "customers",
            "changed",
            "UPDATE",
            BOTH,
            f"record_changed_rows('customer', '{{{NO_NEWS}total_orders,total_spent}}')",
        ),
        ("customers", "deleted", "DELETE", OLD, "record_deleted_rows('customer', '{id}')"),
        ("product_reviews", "added", "INSERT", NEW, "record_added_rows('review')"),
        (
            "product_reviews",
            "changed",
            "UPDATE",
            BOTH,
            "record_changed_rows('review', '{updated_at,helpful_votes,status}')",
        ),
        ("product_reviews", "decided", "UPDATE", BOTH, "record_review_states()"),
        ("product_reviews", "deleted", "DELETE", OLD, "record_deleted_rows('review', '{id,product_id}')"),
        ("categories", "deleted", "DELETE", OLD, "record_deleted_rows('category', '{id,name,slug}')"),
        ("brands", "deleted", "DELETE", OLD, "record_deleted_rows('brand', '{id,name,slug}')"),
        ("discount_codes", "deleted", "DELETE", OLD, "record_deleted_rows('discount', '{id,code}')"),
        ("email_campaigns", "deleted", "DELETE", OLD, "record_deleted_rows('campaign', '{id,name}')"),
    )
}
PICTURED = "a product changes with its pictures"
PICTURE_TRIGGERS = {
    f"product_images trigger product_images_touch_{name}": (
        f"AFTER {happening} ON product_images {rows} FOR EACH STATEMENT EXECUTE FUNCTION touch_products_of_pictures()",
        PICTURED,
    )
    for name, happening, rows in (("added", "INSERT", NEW), ("changed", "UPDATE", BOTH), ("removed", "DELETE", OLD))
}
LISTINGS = "lists show what products, brands and reviews say"
LISTING_TRIGGERS = {
    "brands trigger brands_counted": (
        "AFTER INSERT OR DELETE OR UPDATE ON brands FOR EACH STATEMENT EXECUTE FUNCTION count_listing_changes()",
        LISTINGS,
    ),
    "categories trigger categories_are_a_tree": (
        "AFTER INSERT OR UPDATE OF parent_id ON categories FOR EACH ROW WHEN ((new.parent_id IS NOT NULL)) "
        "EXECUTE FUNCTION refuse_category_cycle()",
        "menus and lists show whole branches",
    ),
    "product_reviews trigger product_reviews_added": (
        "AFTER INSERT ON product_reviews REFERENCING NEW TABLE AS changed FOR EACH STATEMENT "
        "EXECUTE FUNCTION project_ratings()",
        LISTINGS,
    ),
    "product_reviews trigger product_reviews_changed": (
        "AFTER UPDATE ON product_reviews REFERENCING OLD TABLE AS replaced NEW TABLE AS changed FOR EACH STATEMENT "
        "EXECUTE FUNCTION project_ratings()",
        LISTINGS,
    ),
    "product_reviews trigger product_reviews_removed": (
        "AFTER DELETE ON product_reviews REFERENCING OLD TABLE AS changed FOR EACH STATEMENT "
        "EXECUTE FUNCTION project_ratings()",
        LISTINGS,
    ),
    "products trigger products_listed": (
        "AFTER INSERT ON products REFERENCING NEW TABLE AS changed FOR EACH STATEMENT "
        "EXECUTE FUNCTION project_listing()",
        LISTINGS,
    ),
    "products trigger products_relisted": (
        "AFTER UPDATE ON products REFERENCING OLD TABLE AS replaced NEW TABLE AS changed FOR EACH STATEMENT "
        "EXECUTE FUNCTION project_listing()",
        LISTINGS,
    ),
}
LISTING_VIEW = (
    "product_id, is_listed, is_in_stock, name, category_id, brand_id, price_low, price_high, compare_at_price, "
    "created_at, published_at, facets, ranks, variants_in_stock"
)
ADDED_FUNCTIONS = {
    "record_added_rows()": TOLD,
    "record_changed_rows()": TOLD,
    "record_deleted_rows()": TOLD,
    "record_low_stock()": TOLD,
    "record_refund_states()": TOLD,
    "record_review_states()": TOLD,
    "touch_products_of_pictures()": PICTURED,
    "tell_of_events()": "whoever commits an event wakes the relay",
    "refuse_category_cycle()": "categories are a tree",
    "count_listing_changes()": "kept facet counts are never stale",
    "project_listing()": "lists show what products say",
    "project_ratings()": "lists show what reviews say",
    "apply_loyalty_entries()": "an entry changes the customer's points",
    "apply_stock_movements()": "a movement changes the variant's stock",
    "keep_old_slug()": "old links lead on after a slug has changed",
    "forget_test_order()": "with a test order goes what was written of its money",
    "keep_footer_pages()": "the footer's pages are read with the settings",
    "keep_terms_version()": "which terms hold is read with the settings, and every version kept",
    "keep_pricing()": "that there are groups and rules of quantity is read with the settings",
    "keep_shipping_zones()": "zones are read with the settings",
    "keep_sku_registry()": "an SKU is unique over products and variants",
    "keep_runs_low()": "what runs low is counted without reading variants",
    "keep_product_fields()": "product pages read the fields that they show with the settings",
    "keep_tax_rates()": "tax rates are read with the settings",
    "note_cart_losses()": "what is deleted while it is in a cart is told the shopper once",
    "note_discarded_picture()": "files whose row is gone are still to be removed",
    "project_variants()": "products show their variants",
    "refuse_change()": "what triggers keep and what only grows is not changed by hand",
    "require_variant()": "every product has a variant",
    "raise_catalogue_version()": "cached pages are never stale",
}
PAGES_ARE_CURRENT = {
    "attach_catalogue_version(regclass,text,text,text)": "void",
    "first_catalogue_change()": "boolean",
    "has_low_variant(jsonb,integer)": "boolean",
    "tags_as_text(text[])": "text",
    "picture_looks_different(product_images,product_images)": "boolean",
    "product_looks_different(products,products)": "boolean",
    "shown_stock(integer,integer)": "integer",
    "variant_looks_different(product_variants,product_variants)": "boolean",
}
# How search reads texts, keeps its rows, and finds (docs/decisions/0008-search-lives-in-the-database.md).
SEARCH_FUNCTIONS = {
    "keep_product_search()": "trigger",
    "keep_search_of_variants()": "trigger",
    "keep_synonym_pairs()": "trigger",
    "read_synonyms_anew()": "trigger",
    "refresh_product_search(uuid[])": "void",
    "search_configuration()": "regconfig",
    "search_configuration_for(text)": "text",
    "search_corrections(text[])": "SETOF text[]",
    "search_described(regconfig,text)": "tsquery",
    "search_fold(text)": "text",
    "search_has_words_of_the_shop(text)": "boolean",
    "search_knows(text)": "boolean",
    "search_lexemes(text[],text)": "tsvector",
    "search_parts(text)": "uuid[]",
    "search_plain(text)": "text",
    "search_products(text)": "record",
    "search_query(text[])": "record",
    "search_ranked(tsquery,tsquery,text)": "uuid[]",
    "search_similar(text)": "uuid[]",
    "search_sku_forms(text)": "text[]",
    "search_spellings(text)": "SETOF text",
    "search_stems(regconfig,text)": "text",
    "search_texts_in(jsonb)": "text",
    "search_without_markup(text)": "text",
    "search_words_of(regconfig,text,text)": "tsvector",
}
