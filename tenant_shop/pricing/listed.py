"""What lists are sorted and filtered by for a group: the prices that its cards show.

The rules of `choose.py` in SQL, for all products at once; a test holds the two together.
"""

from typing import Any

from platform_core.tenancy.connections import shop_connection
from smartseller.money import minor_units
from tenant_shop.catalog.listing.own import OwnListing
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.pricing.models import CustomerGroup

# The entries of the lists that hold now.
HOLDING = """
    price_lists AS list JOIN price_list_entries AS entry ON entry.price_list_id = list.id
    WHERE list.group_id = %s AND list.is_active AND list.currency = %s
      AND (list.starts_at IS NULL OR list.starts_at <= CURRENT_TIMESTAMP)
      AND (list.ends_at IS NULL OR list.ends_at > CURRENT_TIMESTAMP)
"""
# Rows that are added, changed or taken away change the count or a sum, in whatever order their transactions end.
STATE = f"""
SELECT count(*), sum(extract(epoch FROM entry.updated_at)), sum(extract(epoch FROM list.updated_at)),
       (SELECT count(*) FROM quantity_rules), (SELECT sum(extract(epoch FROM updated_at)) FROM quantity_rules)
FROM {HOLDING}
"""  # noqa: S608
# A group's own rule goes before everybody's, and of these a variant's before its product's.
LEAST = """COALESCE((
    SELECT (rule.minimum + rule.multiple - 1) / rule.multiple * rule.multiple
    FROM quantity_rules AS rule
    WHERE (rule.variant_id = variant.id OR rule.product_id = variant.product_id)
      AND (rule.group_id IS NULL OR rule.group_id = %s)
    ORDER BY rule.group_id IS NULL, rule.variant_id IS NULL LIMIT 1
), 1)"""
OWN = """
own_offer AS MATERIALIZED (
    SELECT entry.variant_id, entry.product_id, entry.category_id, entry.min_quantity, entry.unit_price,
           entry.percent_off, list.priority
    FROM HOLDING
), own_article AS MATERIALIZED (
    SELECT variant.id, variant.product_id, product.category_id, COALESCE(variant.price, product.price) AS price,
           LEAST AS least,
           -- The place among the variants that stand in `variants_in_stock`.
           CASE WHEN NOT product.track_inventory OR variant.inventory_quantity > 0 THEN row_number() OVER (
               PARTITION BY variant.product_id, NOT product.track_inventory OR variant.inventory_quantity > 0
               ORDER BY variant.position, variant.sku
           ) END AS place
    FROM product_variants AS variant JOIN products AS product ON product.id = variant.product_id
    WHERE variant.is_active
), own_fitting AS (
    SELECT article.id, 3 AS reach, offer.* FROM own_article AS article
    JOIN own_offer AS offer ON offer.variant_id = article.id AND offer.min_quantity <= article.least
    UNION ALL
    SELECT article.id, 2, offer.* FROM own_article AS article
    JOIN own_offer AS offer ON offer.product_id = article.product_id AND offer.min_quantity <= article.least
    UNION ALL
    SELECT article.id, 1, offer.* FROM own_article AS article
    JOIN own_offer AS offer ON offer.category_id = article.category_id AND offer.min_quantity <= article.least
    UNION ALL
    SELECT article.id, 0, offer.* FROM own_article AS article
    JOIN own_offer AS offer ON COALESCE(offer.variant_id, offer.product_id, offer.category_id) IS NULL
                               AND offer.min_quantity <= article.least
), own_chosen AS (
    SELECT DISTINCT ON (article.id) article.product_id, article.place,
           round(COALESCE(fitting.unit_price, article.price * (100 - COALESCE(fitting.percent_off, 0)) / 100), %s)
               AS price
    FROM own_article AS article LEFT JOIN own_fitting AS fitting ON fitting.id = article.id
    ORDER BY article.id, fitting.reach DESC, fitting.priority DESC, 3
), own_price AS MATERIALIZED (
    SELECT product_id, min(price) AS low, max(price) AS high,
           array_agg(price ORDER BY place) FILTER (WHERE place IS NOT NULL) AS in_stock
    FROM own_chosen GROUP BY product_id
), product_listing AS MATERIALIZED (
    SELECT listed.product_id, listed.is_listed, listed.is_in_stock, listed.name, listed.category_id, listed.brand_id,
           COALESCE(own.low, listed.price_low) AS price_low, COALESCE(own.high, listed.price_high) AS price_high,
           listed.compare_at_price, listed.created_at, listed.published_at, listed.facets, listed.ranks,
           COALESCE((
               SELECT jsonb_agg(jsonb_set(variant, '{price}', to_jsonb(own.in_stock[place])) ORDER BY place)
               FROM jsonb_array_elements(listed.variants_in_stock) WITH ORDINALITY AS shown (variant, place)
           ), '[]') AS variants_in_stock,
           listed.rating_average, listed.review_count, listed.units_sold
    FROM product_listing AS listed LEFT JOIN own_price AS own USING (product_id)
    WHERE listed.is_listed
)
"""


def own_listing(group: CustomerGroup | None, settings: ShopSettings) -> OwnListing | None:
    """The list of products at the group's prices; None for everybody's. One statement, none without a group."""
    if group is None:
        return None
    of_lists: tuple[Any, ...] = (group.pk, settings.currency)
    with shop_connection().cursor() as cursor:
        cursor.execute(STATE, of_lists)
        state: tuple[Any, ...] = cursor.fetchone()
    if not state[0]:
        return None
    rules = settings.has_quantity_rules
    return OwnListing(
        sql=OWN.replace("HOLDING", HOLDING).replace("LEAST", LEAST if rules else "1"),
        params=(*of_lists, *((group.pk,) if rules else ()), minor_units(settings.currency)),
        state=(*of_lists, *state),
    )
