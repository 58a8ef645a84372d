"""What has the words that were typed comes before what only has a synonym of them."""

from django.db import migrations

# As in 0012, and beside what is wanted what of it was typed: each word, without what it means. NULL where no synonym
# takes part, so that a shop without synonyms searches as before.
QUERY = r"""
CREATE FUNCTION search_query(words TEXT[], OUT wanted TSQUERY, OUT typed TSQUERY) LANGUAGE plpgsql STABLE AS $$
DECLARE
    reading REGCONFIG := search_configuration();
    folded TEXT[] := ARRAY(
        SELECT search_fold(word) FROM unnest(words) WITH ORDINALITY AS told (word, place) ORDER BY place
    );
    many INTEGER := cardinality(words);
    has_synonyms BOOLEAN := EXISTS (SELECT FROM search_synonym_pairs);
    stemmed TEXT[] := CASE WHEN has_synonyms THEN ARRAY(
        SELECT search_stems(reading, word) FROM unnest(folded) WITH ORDINALITY AS told (word, place) ORDER BY place
    ) END;
    has_meanings BOOLEAN := FALSE;
    as_told TSQUERY := '';
    place INTEGER := 1;
    taken INTEGER;
    meanings TEXT[];
    meaning TEXT;
    part TSQUERY;
    stem TSQUERY;
    exact TSQUERY;
    begun TSQUERY;
BEGIN
    wanted := '';
    typed := '';
    WHILE place <= many LOOP
        taken := 1;
        meanings := '{}';
        FOR span IN REVERSE CASE WHEN has_synonyms THEN many - place + 1 ELSE 0 END..1 LOOP
            meanings := ARRAY(
                SELECT DISTINCT pair.meaning FROM search_synonym_pairs AS pair
                WHERE pair.stems = array_to_string(stemmed[place:place + span - 1], ' ')
            );
            IF meanings <> '{}' THEN
                taken := span;
                EXIT;
            END IF;
        END LOOP;
        part := '';
        FOR here IN place..(place + taken - 1) LOOP
            CONTINUE WHEN folded[here] = '';
            stem := plainto_tsquery(reading, folded[here]);
            exact := format('''%s''', left(folded[here], 64));
            IF here = many AND length(folded[here]) > 1 THEN
                begun := format('''%s'':*', left(folded[here], 64));
                stem := CASE WHEN numnode(stem) = 0 OR stem = exact THEN begun ELSE stem || begun END;
                exact := begun;
            END IF;
            as_told := as_told && exact;
            IF numnode(plainto_tsquery(reading, folded[here])) > 0
                AND numnode(plainto_tsquery(reading, words[here])) > 0
            THEN
                part := part && stem;
            END IF;
        END LOOP;
        typed := typed && part;
        has_meanings := has_meanings OR meanings <> '{}';
        FOREACH meaning IN ARRAY meanings LOOP
            part := part || phraseto_tsquery(reading, meaning) || search_described(reading, meaning);
        END LOOP;
        wanted := wanted && part;
        place := place + taken;
    END LOOP;
    IF numnode(wanted) = 0 THEN
        wanted := as_told;
    END IF;
    IF NOT has_meanings OR numnode(typed) = 0 THEN
        typed := NULL;
    END IF;
END;
$$;
"""

# Of a word that is everywhere the newest five hundred products are ranked. Those with the words themselves are looked
# for first: a synonym that is everywhere pushes none of them out. Else as in 0012.
RANKED = r"""
CREATE FUNCTION search_ranked(wanted TSQUERY, typed TSQUERY, told TEXT) RETURNS UUID[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    number TEXT := left(replace(told, ' ', ''), 40);
    found UUID[];
BEGIN
    IF numnode(wanted) = 0 THEN
        RETURN '{}';
    ELSIF typed IS NOT NULL THEN
        EXECUTE $find$
            WITH candidates AS MATERIALIZED (
                (
                    SELECT product_id, words, TRUE AS is_typed FROM product_search
                    WHERE is_listed AND words @@ ($4 || $3)
                    ORDER BY product_id DESC LIMIT 500
                ) UNION ALL (
                    SELECT product_id, words, FALSE FROM product_search
                    WHERE is_listed AND words @@ $1 AND NOT words @@ ($4 || $3)
                    ORDER BY product_id DESC LIMIT 500
                )
            )
            SELECT (array_agg(product_id ORDER BY
                words @@ $2 DESC, words @@ $3 DESC, is_typed DESC,
                ts_rank('{0.05, 0.2, 0.4, 1}', words, $1) DESC, product_id DESC
            ))[:500]
            FROM candidates
        $find$
        INTO found
        USING wanted,
              CASE WHEN told ~ '[0-9]' THEN format('''%s'':AB', number) ELSE '' END::TSQUERY,
              CASE WHEN told ~ '[0-9]' THEN format('''%s'':*AB', number) ELSE '' END::TSQUERY,
              typed;
    ELSIF told ~ '[0-9]' THEN
        EXECUTE $find$
            WITH candidates AS MATERIALIZED (
                SELECT product_id, words FROM product_search WHERE is_listed AND words @@ ($1 || $3)
                ORDER BY product_id DESC LIMIT 500
            )
            SELECT array_agg(product_id ORDER BY
                words @@ $2 DESC, words @@ $3 DESC, ts_rank('{0.05, 0.2, 0.4, 1}', words, $1) DESC, product_id DESC
            )
            FROM candidates
        $find$
        INTO found
        USING wanted, format('''%s'':AB', number)::TSQUERY, format('''%s'':*AB', number)::TSQUERY;
    ELSE
        EXECUTE $find$
            WITH candidates AS MATERIALIZED (
                SELECT product_id, words FROM product_search WHERE is_listed AND words @@ $1
                ORDER BY product_id DESC LIMIT 500
            )
            SELECT array_agg(product_id ORDER BY ts_rank('{0.05, 0.2, 0.4, 1}', words, $1) DESC, product_id DESC)
            FROM candidates
        $find$
        INTO found USING wanted;
    END IF;
    RETURN COALESCE(found, '{}');
END;
$$;
"""

PRODUCTS = r"""
CREATE OR REPLACE FUNCTION search_products(asked TEXT, OUT ids UUID[], OUT did_you_mean TEXT, OUT is_exact BOOLEAN)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    words TEXT[] := (string_to_array(search_plain(asked), ' '))[:8];
    told TEXT := search_fold(array_to_string(words, ' '));
    better TEXT[];
    corrected UUID[];
    query RECORD;
BEGIN
    is_exact := TRUE;
    ids := '{}';
    IF told = '' THEN
        RETURN;
    END IF;
    query := search_query(words);
    ids := search_ranked(query.wanted, query.typed, told);
    IF ids = '{}' THEN
        ids := search_parts(told);
    END IF;
    IF cardinality(ids) > 2 THEN
        RETURN;
    END IF;
    FOR better IN SELECT search_corrections(words) LOOP
        query := search_query(better);
        corrected := search_ranked(query.wanted, query.typed, search_fold(array_to_string(better, ' ')));
        IF cardinality(corrected) > cardinality(ids) THEN
            did_you_mean := array_to_string(better, ' ');
            IF ids = '{}' THEN
                ids := corrected;
                is_exact := FALSE;
            END IF;
            RETURN;
        END IF;
    END LOOP;
    IF ids = '{}' THEN
        ids := search_similar(told);
        is_exact := ids = '{}';
    END IF;
END;
$$;
"""

NO_QUERY = "DROP FUNCTION search_query(TEXT[]);"
NO_RANKED, NO_RANKED_BEFORE = (
    "DROP FUNCTION search_ranked(TSQUERY, TSQUERY, TEXT);",
    "DROP FUNCTION search_ranked(TSQUERY, TEXT);",
)

# The functions of 0012, for the way back.
QUERY_BEFORE = r"""
CREATE FUNCTION search_query(words TEXT[]) RETURNS TSQUERY LANGUAGE plpgsql STABLE AS $$
DECLARE
    reading REGCONFIG := search_configuration();
    folded TEXT[] := ARRAY(
        SELECT search_fold(word) FROM unnest(words) WITH ORDINALITY AS told (word, place) ORDER BY place
    );
    many INTEGER := cardinality(words);
    has_synonyms BOOLEAN := EXISTS (SELECT FROM search_synonym_pairs);
    stemmed TEXT[] := CASE WHEN has_synonyms THEN ARRAY(
        SELECT search_stems(reading, word) FROM unnest(folded) WITH ORDINALITY AS told (word, place) ORDER BY place
    ) END;
    wanted TSQUERY := '';
    as_told TSQUERY := '';
    place INTEGER := 1;
    taken INTEGER;
    meanings TEXT[];
    meaning TEXT;
    part TSQUERY;
    stem TSQUERY;
    exact TSQUERY;
    begun TSQUERY;
BEGIN
    WHILE place <= many LOOP
        taken := 1;
        meanings := '{}';
        FOR span IN REVERSE CASE WHEN has_synonyms THEN many - place + 1 ELSE 0 END..1 LOOP
            meanings := ARRAY(
                SELECT DISTINCT pair.meaning FROM search_synonym_pairs AS pair
                WHERE pair.stems = array_to_string(stemmed[place:place + span - 1], ' ')
            );
            IF meanings <> '{}' THEN
                taken := span;
                EXIT;
            END IF;
        END LOOP;
        part := '';
        FOR here IN place..(place + taken - 1) LOOP
            CONTINUE WHEN folded[here] = '';
            stem := plainto_tsquery(reading, folded[here]);
            exact := format('''%s''', left(folded[here], 64));
            IF here = many AND length(folded[here]) > 1 THEN
                begun := format('''%s'':*', left(folded[here], 64));
                stem := CASE WHEN numnode(stem) = 0 OR stem = exact THEN begun ELSE stem || begun END;
                exact := begun;
            END IF;
            as_told := as_told && exact;
            IF numnode(plainto_tsquery(reading, folded[here])) > 0
                AND numnode(plainto_tsquery(reading, words[here])) > 0
            THEN
                part := part && stem;
            END IF;
        END LOOP;
        FOREACH meaning IN ARRAY meanings LOOP
            part := part || phraseto_tsquery(reading, meaning) || search_described(reading, meaning);
        END LOOP;
        wanted := wanted && part;
        place := place + taken;
    END LOOP;
    RETURN CASE WHEN numnode(wanted) > 0 THEN wanted ELSE as_told END;
END;
$$;
"""
RANKED_BEFORE = r"""
CREATE FUNCTION search_ranked(wanted TSQUERY, told TEXT) RETURNS UUID[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    number TEXT := left(replace(told, ' ', ''), 40);
    found UUID[];
BEGIN
    IF numnode(wanted) = 0 THEN
        RETURN '{}';
    ELSIF told ~ '[0-9]' THEN
        EXECUTE $find$
            WITH candidates AS MATERIALIZED (
                SELECT product_id, words FROM product_search WHERE is_listed AND words @@ ($1 || $3)
                ORDER BY product_id DESC LIMIT 500
            )
            SELECT array_agg(product_id ORDER BY
                words @@ $2 DESC, words @@ $3 DESC, ts_rank('{0.05, 0.2, 0.4, 1}', words, $1) DESC, product_id DESC
            )
            FROM candidates
        $find$
        INTO found
        USING wanted, format('''%s'':AB', number)::TSQUERY, format('''%s'':*AB', number)::TSQUERY;
    ELSE
        EXECUTE $find$
            WITH candidates AS MATERIALIZED (
                SELECT product_id, words FROM product_search WHERE is_listed AND words @@ $1
                ORDER BY product_id DESC LIMIT 500
            )
            SELECT array_agg(product_id ORDER BY ts_rank('{0.05, 0.2, 0.4, 1}', words, $1) DESC, product_id DESC)
            FROM candidates
        $find$
        INTO found USING wanted;
    END IF;
    RETURN COALESCE(found, '{}');
END;
$$;
"""
PRODUCTS_BEFORE = r"""
CREATE OR REPLACE FUNCTION search_products(asked TEXT, OUT ids UUID[], OUT did_you_mean TEXT, OUT is_exact BOOLEAN)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    words TEXT[] := (string_to_array(search_plain(asked), ' '))[:8];
    told TEXT := search_fold(array_to_string(words, ' '));
    better TEXT[];
    corrected UUID[];
BEGIN
    is_exact := TRUE;
    ids := '{}';
    IF told = '' THEN
        RETURN;
    END IF;
    ids := search_ranked(search_query(words), told);
    IF ids = '{}' THEN
        ids := search_parts(told);
    END IF;
    IF cardinality(ids) > 2 THEN
        RETURN;
    END IF;
    FOR better IN SELECT search_corrections(words) LOOP
        corrected := search_ranked(search_query(better), search_fold(array_to_string(better, ' ')));
        IF cardinality(corrected) > cardinality(ids) THEN
            did_you_mean := array_to_string(better, ' ');
            IF ids = '{}' THEN
                ids := corrected;
                is_exact := FALSE;
            END IF;
            RETURN;
        END IF;
    END LOOP;
    IF ids = '{}' THEN
        ids := search_similar(told);
        is_exact := ids = '{}';
    END IF;
END;
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0037_in_stock_and_newest")]

    operations = [
        migrations.RunSQL(
            NO_QUERY + NO_RANKED_BEFORE + QUERY + RANKED + PRODUCTS,
            NO_QUERY + NO_RANKED + QUERY_BEFORE + RANKED_BEFORE + PRODUCTS_BEFORE,
        ),
    ]
