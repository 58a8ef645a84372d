"""Searching for a word that many products have, but not most: a better plan, and less to sort.

PostgreSQL takes rows for cheap and pages for dear. Here pages are in memory, and a row costs the comparison of its words,
so it read ten thousand rows backwards for the five hundred with a word, where the index had them at once.
"""

from importlib import import_module

from django.db import migrations

# Of a word that is everywhere the newest five hundred products are ranked. The statement is planned anew each time,
# because only with the words before it can the planner tell whether to look in the index or to read until there are
# enough; and with the costs as they are (`bench/search.py` measures both sides of the choice).
# Whoever types an SKU means that product, then those whose SKUs begin so.
RANKED = r"""
CREATE OR REPLACE FUNCTION search_ranked(wanted TSQUERY, told TEXT) RETURNS UUID[] LANGUAGE plpgsql STABLE
SET seq_page_cost = 0.05 SET random_page_cost = 0.05
SET cpu_tuple_cost = 0.1 SET cpu_index_tuple_cost = 0.15 SET cpu_operator_cost = 0.001
AS $$
DECLARE
    number TEXT := left(replace(told, ' ', ''), 40);
    found UUID[];
BEGIN
    IF numnode(wanted) = 0 THEN
        RETURN '{}';
    ELSIF told ~ '[0-9]' THEN
        EXECUTE $find$
            SELECT array_agg(product_id ORDER BY
                words @@ $2 DESC, words @@ $3 DESC, ts_rank('{0.05, 0.2, 0.4, 1}', words, $1) DESC, product_id DESC
            )
            FROM (
                SELECT product_id, words FROM product_search WHERE is_listed AND words @@ ($1 || $3)
                ORDER BY product_id DESC LIMIT 500
            ) AS candidates
        $find$
        INTO found
        USING wanted, format('''%s'':AB', number)::TSQUERY, format('''%s'':*AB', number)::TSQUERY;
    ELSE
        EXECUTE $find$
            SELECT array_agg(product_id ORDER BY ts_rank('{0.05, 0.2, 0.4, 1}', words, $1) DESC, product_id DESC)
            FROM (
                SELECT product_id, words FROM product_search WHERE is_listed AND words @@ $1
                ORDER BY product_id DESC LIMIT 500
            ) AS candidates
        $find$
        INTO found USING wanted;
    END IF;
    RETURN COALESCE(found, '{}');
END;
$$;
"""
AS_BEFORE = "DROP FUNCTION search_ranked(TSQUERY, TEXT);" + import_module("tenant_shop.migrations.0012_search").RANKED


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0016_old_slugs_of_pages")]

    operations = [migrations.RunSQL(RANKED, AS_BEFORE)]
