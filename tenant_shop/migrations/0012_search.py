"""Search: one row for each product, in the shop's language, kept by triggers, and the functions that find in it.

Finding is in the database because a page of results has one statement for it, whatever was typed: which words a shop
knows, what they mean there and how they are read all stand beside the products
(docs/decisions/0008-search-lives-in-the-database.md).
"""

import django.contrib.postgres.functions
import django.db.models.deletion
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import migrations, models
from django.db.models import F

import smartseller.ids

# Texts in one form: lower case, compatible letters made one (ﬁ, Ａ), marks that show nothing taken out, and a space for
# all that is neither letter nor digit. Folded, a letter has lost its accents (é, ß, ø; Arabic vowels and lengthening).
TEXTS = r"""
CREATE FUNCTION search_plain(told TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT btrim(regexp_replace(
    regexp_replace(
        lower(normalize(told, NFKC)), '[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFE00-\uFE0F\uFEFF]', '', 'g'
    ),
    '[[:punct:][:space:][:cntrl:]]+', ' ', 'g'
))
$$;

CREATE FUNCTION search_fold(told TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT normalize(
    regexp_replace(
        normalize(
            translate(
                replace(replace(replace(replace(search_plain(told), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
                'øłđðħı', 'olddhi'
            ),
            NFKD
        ),
        '[\u0300-\u036F\u064B-\u065F\u0670\u0640]', '', 'g'
    ),
    NFC
)
$$;

CREATE FUNCTION search_without_markup(markup TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT replace(
    regexp_replace(
        regexp_replace(markup, '<(script|style)\M.*?</\1\s*>', ' ', 'gi'), '<[^>]*>|&(nbsp|lt|gt|quot|#[0-9]+);', ' ', 'gi'
    ),
    '&amp;', '&'
)
$$;
"""
NO_TEXTS = """
DROP FUNCTION search_without_markup(TEXT); DROP FUNCTION search_fold(TEXT); DROP FUNCTION search_plain(TEXT);
"""

# Words as they are, at their places: letters and digits only, so that nothing needs quoting.
# An SKU is found by its beginning, and by the beginning of each of its parts: AB-1234-XL is ab1234xl, 1234xl, xl; and
# by a part alone: ab, 1234.
LEXEMES = r"""
CREATE FUNCTION search_lexemes(words TEXT[], weight TEXT) RETURNS TSVECTOR LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT COALESCE(string_agg(format('''%s'':%s%s', left(word, 64), least(place, 16000), weight), ' '), '')::TSVECTOR
FROM unnest(words) WITH ORDINALITY AS told (word, place) WHERE word <> ''
$$;

CREATE FUNCTION search_words_of(configuration REGCONFIG, folded TEXT, weight TEXT) RETURNS TSVECTOR
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT COALESCE(setweight(stems, weight::"char"), '') || search_lexemes(
    ARRAY(SELECT word FROM unnest(string_to_array(folded, ' ')) AS word WHERE word <> ALL (tsvector_to_array(stems))),
    weight
)
FROM to_tsvector(configuration, folded) AS stems
$$;

CREATE FUNCTION search_sku_forms(sku TEXT) RETURNS TEXT[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    parts TEXT[] := string_to_array(
        regexp_replace(search_fold(sku), '(?<=[0-9])(?=[^0-9 ])|(?<=[^0-9 ])(?=[0-9])', ' ', 'g'), ' '
    );
    forms TEXT[] := '{}';
BEGIN
    FOR place IN 1..least(cardinality(parts), 8) LOOP
        forms := forms || left(array_to_string(parts[place:], ''), 40) || left(parts[place], 40);
    END LOOP;
    RETURN forms;
END;
$$;
"""
NO_LEXEMES = """
DROP FUNCTION search_sku_forms(TEXT); DROP FUNCTION search_words_of(REGCONFIG, TEXT, TEXT);
DROP FUNCTION search_lexemes(TEXT[], TEXT);
"""

# `search_index` says by its one row how the products were read, since there are any; `search_words` are the words of names, brands,
# categories, tags and options of listed products, from which a misspelt one is set right.
# Pending entries of the indexes would be read by every search until the next vacuum, so there are none.
TABLES = """
CREATE TABLE search_index (
    "only" BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK ("only"),
    configuration VARCHAR(63) NOT NULL
);

CREATE TABLE product_search (
    product_id UUID PRIMARY KEY REFERENCES products (id) ON DELETE CASCADE,
    is_listed BOOLEAN NOT NULL,
    configuration VARCHAR(63) NOT NULL,
    words TSVECTOR NOT NULL,
    phrase TEXT NOT NULL
);
CREATE INDEX product_search_words ON product_search USING GIN (words) WITH (fastupdate = off) WHERE is_listed;
CREATE INDEX product_search_phrase ON product_search USING GIN (phrase gin_trgm_ops) WITH (fastupdate = off)
    WHERE is_listed;

CREATE TABLE search_words (
    word VARCHAR(40) PRIMARY KEY,
    spelling VARCHAR(80) NOT NULL,
    products INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE search_synonym_pairs (
    synonym_id UUID NOT NULL REFERENCES search_synonyms (id) ON DELETE CASCADE,
    term VARCHAR(100) NOT NULL,
    meaning VARCHAR(100) NOT NULL,
    stems TEXT NOT NULL,
    PRIMARY KEY (synonym_id, term, meaning)
);
CREATE INDEX search_synonym_pairs_stems ON search_synonym_pairs (stems);

DROP INDEX idx_products_search;
"""
NO_TABLES = """
CREATE INDEX idx_products_search ON products
    USING GIN (to_tsvector('english', name || ' ' || COALESCE(description, '')));
DROP TABLE search_synonym_pairs; DROP TABLE search_words; DROP TABLE product_search; DROP TABLE search_index;
"""

# PostgreSQL's name for a language as the shop's settings write it (BCP 47); one without stems is read word for word.
# When the setting changes the products are still read as before, until they are all read anew (`rebuild_search`).
LANGUAGES = """
CREATE FUNCTION search_configuration_for(language TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE split_part(lower(COALESCE(language, 'en')), '-', 1)
    WHEN 'en' THEN 'english' WHEN 'de' THEN 'german' WHEN 'fr' THEN 'french' WHEN 'ar' THEN 'arabic'
    WHEN 'es' THEN 'spanish' WHEN 'it' THEN 'italian' WHEN 'nl' THEN 'dutch' WHEN 'pt' THEN 'portuguese'
    ELSE 'simple'
END
$$;

CREATE FUNCTION search_configuration() RETURNS REGCONFIG LANGUAGE sql STABLE AS $$
SELECT COALESCE(
    (SELECT configuration FROM search_index),
    search_configuration_for((SELECT value #>> '{}' FROM settings WHERE key = 'language'))
)::REGCONFIG
$$;
"""

# Brands and categories are locked first, then the rows of search in the order of their keys, and only then anything is
# read: of two changes at once the second sees the first. Nothing here holds up a sale.
# Bounds keep a product with a book for a description, or with thousands of variants, from being refused.
KEEPING = r"""
CREATE FUNCTION search_texts_in(document JSONB) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT string_agg(value #>> '{}', ' ')
FROM jsonb_path_query(document, 'strict $.**') AS value WHERE jsonb_typeof(value) IN ('string', 'number')
$$;

CREATE FUNCTION refresh_product_search(touched UUID[]) RETURNS VOID LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF cardinality(touched) = 0 THEN
        RETURN;
    END IF;
    INSERT INTO search_index (configuration) VALUES (search_configuration()) ON CONFLICT DO NOTHING;
    PERFORM FROM brands WHERE id IN (SELECT brand_id FROM products WHERE id = ANY (touched)) ORDER BY id FOR SHARE;
    PERFORM FROM categories WHERE id IN (SELECT category_id FROM products WHERE id = ANY (touched)) ORDER BY id
    FOR SHARE;
    PERFORM FROM product_search WHERE product_id = ANY (touched) ORDER BY product_id FOR NO KEY UPDATE;

    INSERT INTO product_search AS known (product_id, is_listed, configuration, words, phrase)
    SELECT product.id,
           product.status = 'active' AND product.visibility IN ('visible', 'catalog_only'),
           reading.configuration,
           search_words_of(reading.configuration::REGCONFIG, folded.name, 'A')
               || search_lexemes(numbers.own, 'A')
               || search_words_of(reading.configuration::REGCONFIG, folded.brand, 'B')
               || search_lexemes(numbers.others, 'B')
               || search_words_of(reading.configuration::REGCONFIG, folded.around, 'C')
               || strip(to_tsvector(reading.configuration::REGCONFIG, folded.described)),
           left(concat_ws(' ', folded.name, folded.brand, folded.shelf, numbers.whole), 8000)
    FROM search_index AS reading, products AS product
    LEFT JOIN brands AS brand ON brand.id = product.brand_id
    LEFT JOIN categories AS category ON category.id = product.category_id
    CROSS JOIN LATERAL (
        SELECT array_agg(DISTINCT form) FILTER (WHERE number = product.sku) AS own,
               array_agg(DISTINCT form) FILTER (WHERE number <> product.sku) AS others,
               string_agg(DISTINCT replace(search_fold(number), ' ', ''), ' ') AS whole
        FROM (
            SELECT product.sku AS number
            UNION
            (SELECT unnest(ARRAY[sku, barcode]) FROM product_variants
             WHERE product_id = product.id AND is_active ORDER BY position, sku LIMIT 2000)
        ) AS told
        CROSS JOIN LATERAL unnest(search_sku_forms(number)) AS form
    ) AS numbers
    CROSS JOIN LATERAL (
        SELECT string_agg(DISTINCT search_texts_in(options), ' ') AS told
        FROM product_variants WHERE product_id = product.id AND is_active
    ) AS options
    CROSS JOIN LATERAL (
        SELECT search_fold(product.name) AS name,
               search_fold(brand.name) AS brand,
               search_fold(category.name) AS shelf,
               search_fold(
                   left(concat_ws(' ', category.name, array_to_string(product.tags, ' '), options.told), 5000)
               ) AS around,
               search_fold(
                   left(
                       concat_ws(
                           ' ',
                           search_without_markup(left(product.short_description, 5000)),
                           search_without_markup(left(product.description, 20000)),
                           search_texts_in(product.specifications),
                           search_texts_in(product.features)
                       ),
                       10000
                   )
               ) AS described
    ) AS folded
    WHERE product.id = ANY (touched)
    ON CONFLICT (product_id) DO UPDATE
    SET is_listed = EXCLUDED.is_listed, configuration = EXCLUDED.configuration,
        words = EXCLUDED.words, phrase = EXCLUDED.phrase
    WHERE (known.is_listed, known.configuration, known.words, known.phrase)
        IS DISTINCT FROM (EXCLUDED.is_listed, EXCLUDED.configuration, EXCLUDED.words, EXCLUDED.phrase);

    -- Only ever added, in one order: words are in many products, and must not make one edit wait for another.
    INSERT INTO search_words (word, spelling)
    SELECT DISTINCT ON (word) word, spelling
    FROM products AS product
    JOIN product_search ON product_search.product_id = product.id AND is_listed
    LEFT JOIN brands AS brand ON brand.id = product.brand_id
    LEFT JOIN categories AS category ON category.id = product.category_id
    CROSS JOIN LATERAL unnest(string_to_array(
        search_plain(left(
            concat_ws(
                ' ', product.name, brand.name, category.name, array_to_string(product.tags, ' '),
                (SELECT string_agg(DISTINCT search_texts_in(options), ' ') FROM product_variants
                 WHERE product_id = product.id AND is_active)
            ),
            5000
        )), ' '
    )) AS spelling
    CROSS JOIN LATERAL search_fold(spelling) AS word
    WHERE product.id = ANY (touched) AND word ~ '^[^ 0-9]{3,40}$' AND length(spelling) <= 80
    ORDER BY word, spelling
    ON CONFLICT (word) DO NOTHING;
END;
$$;

CREATE FUNCTION keep_product_search() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'products' THEN
        PERFORM refresh_product_search(ARRAY[NEW.id]);
    ELSIF TG_TABLE_NAME = 'product_variants' THEN
        PERFORM refresh_product_search(ARRAY[NEW.product_id]);
    ELSIF TG_TABLE_NAME = 'brands' THEN
        PERFORM refresh_product_search(ARRAY(SELECT id FROM products WHERE brand_id = NEW.id ORDER BY id));
    ELSE
        PERFORM refresh_product_search(ARRAY(SELECT id FROM products WHERE category_id = NEW.id ORDER BY id));
    END IF;
    RETURN NULL;
END;
$$;

CREATE FUNCTION keep_search_of_variants() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_product_search(ARRAY(SELECT DISTINCT product_id FROM changed ORDER BY product_id));
    RETURN NULL;
END;
$$;
"""
# A new product needs no trigger: it comes with a variant.
TRIGGERS = """
CREATE TRIGGER products_searched AFTER UPDATE OF
    name, sku, brand_id, category_id, tags, short_description, description, specifications, features, status, visibility
    ON products FOR EACH ROW
    WHEN ((OLD.name, OLD.sku, OLD.brand_id, OLD.category_id, OLD.tags, OLD.short_description, OLD.description,
           OLD.specifications, OLD.features, OLD.status, OLD.visibility)
        IS DISTINCT FROM
          (NEW.name, NEW.sku, NEW.brand_id, NEW.category_id, NEW.tags, NEW.short_description, NEW.description,
           NEW.specifications, NEW.features, NEW.status, NEW.visibility))
    EXECUTE FUNCTION keep_product_search();
CREATE TRIGGER product_variants_searched AFTER UPDATE OF sku, barcode, options, is_active ON product_variants
    FOR EACH ROW
    WHEN ((OLD.sku, OLD.barcode, OLD.options, OLD.is_active)
        IS DISTINCT FROM (NEW.sku, NEW.barcode, NEW.options, NEW.is_active))
    EXECUTE FUNCTION keep_product_search();
CREATE TRIGGER product_variants_searched_when_added AFTER INSERT ON product_variants
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_search_of_variants();
CREATE TRIGGER product_variants_searched_when_removed AFTER DELETE ON product_variants
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_search_of_variants();
CREATE TRIGGER brands_searched AFTER UPDATE OF name ON brands
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION keep_product_search();
CREATE TRIGGER categories_searched AFTER UPDATE OF name ON categories
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION keep_product_search();
"""
NO_KEEPING = """
DROP FUNCTION keep_search_of_variants() CASCADE; DROP FUNCTION keep_product_search() CASCADE;
DROP FUNCTION refresh_product_search(UUID[]); DROP FUNCTION search_texts_in(JSONB);
"""
EVERY_PRODUCT = "SELECT refresh_product_search(ARRAY(SELECT id FROM products ORDER BY id))"

# A synonym is kept as pairs: who types `term`, in any of its forms, also finds `meaning`. The row of `search_index` is
# locked while a synonym is read, so that none is left in the stems of another language.
SYNONYMS = """
CREATE FUNCTION search_stems(configuration REGCONFIG, folded TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT COALESCE(
    string_agg(
        COALESCE(NULLIF(array_to_string(tsvector_to_array(to_tsvector(configuration, word)), ' '), ''), word),
        ' ' ORDER BY place
    ),
    ''
)
FROM unnest(string_to_array(folded, ' ')) WITH ORDINALITY AS told (word, place)
$$;

CREATE FUNCTION keep_synonym_pairs() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM search_index FOR SHARE;
    DELETE FROM search_synonym_pairs WHERE synonym_id = NEW.id;
    INSERT INTO search_synonym_pairs (synonym_id, term, meaning, stems)
    SELECT DISTINCT NEW.id, typed.term, found.term, search_stems(search_configuration(), typed.term)
    FROM (
        SELECT left(search_fold(term), 100) AS term, place > 1 AS is_meaning
        FROM unnest(NEW.term || NEW.meanings) WITH ORDINALITY AS told (term, place)
    ) AS typed
    CROSS JOIN (
        SELECT left(search_fold(term), 100) AS term FROM unnest(NEW.term || NEW.meanings) AS told (term)
    ) AS found
    WHERE (NEW.is_two_way OR NOT typed.is_meaning) AND typed.term <> found.term AND typed.term <> '' AND found.term <> '';
    RETURN NULL;
END;
$$;

CREATE TRIGGER search_synonyms_paired AFTER INSERT OR UPDATE ON search_synonyms
    FOR EACH ROW EXECUTE FUNCTION keep_synonym_pairs();

CREATE FUNCTION read_synonyms_anew() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    UPDATE search_synonym_pairs SET stems = search_stems(NEW.configuration::REGCONFIG, term);
    RETURN NULL;
END;
$$;

CREATE TRIGGER search_synonyms_read_anew AFTER INSERT OR UPDATE OF configuration ON search_index
    FOR EACH ROW EXECUTE FUNCTION read_synonyms_anew();
"""
NO_SYNONYMS = """
DROP FUNCTION read_synonyms_anew() CASCADE; DROP FUNCTION keep_synonym_pairs() CASCADE;
DROP FUNCTION search_stems(REGCONFIG, TEXT);
"""

# A description keeps no places of its words: a phrase is found there when all of its words are.
DESCRIBED = r"""
CREATE FUNCTION search_described(reading REGCONFIG, phrase TEXT) RETURNS TSQUERY
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE WHEN count(*) > 1 THEN string_agg(format('%L:D', word), ' & ') ELSE '' END::TSQUERY
FROM unnest(tsvector_to_array(to_tsvector(reading, phrase))) AS word
$$;
"""

# Each word must be there by its stem, or something it means must be; the last may be unfinished. Words that the
# language does not count (the, für) are passed over, unless there are no others.
QUERY = r"""
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

# Of a word that is everywhere the newest thousand products are ranked. The statement is planned anew each time, because
# only with the words before it can the planner tell whether to look in the index or to read until there are enough.
# Whoever types an SKU means that product, then those whose SKUs begin so.
RANKED = r"""
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

# Inside words: the middle of an SKU, the last part of a compound (Kanne in Teekanne). Letters and digits only, so that
# there is nothing that LIKE could take for a wildcard.
PARTS = r"""
CREATE FUNCTION search_parts(told TEXT) RETURNS UUID[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    number TEXT := replace(told, ' ', '');
    asked TEXT[] := string_to_array(told, ' ');
    found UUID[];
BEGIN
    IF octet_length(number) < 3 THEN
        RETURN '{}';
    END IF;
    EXECUTE format(
        'SELECT array_agg(product_id ORDER BY length(phrase), product_id DESC) FROM (
             SELECT product_id, phrase FROM product_search WHERE is_listed AND (phrase LIKE %L%s)
             ORDER BY product_id DESC LIMIT 500
         ) AS candidates',
        '%' || number || '%',
        CASE WHEN cardinality(asked) > 1 AND 2 < ALL (SELECT octet_length(word) FROM unnest(asked) AS word) THEN (
            SELECT ' OR (' || string_agg(format('phrase LIKE %L', '%' || word || '%'), ' AND ') || ')'
            FROM unnest(asked) AS word
        ) END
    ) INTO found;
    RETURN COALESCE(found, '{}');
END;
$$;
"""

# The words of the shop at most two letters away, one in a short word; two letters that changed places count as one.
# Only words that no listed product has are set right.
SPELLING = r"""
CREATE FUNCTION search_spellings(misspelt TEXT) RETURNS SETOF TEXT LANGUAGE sql STABLE AS $$
SELECT near.spelling
FROM (
    SELECT word, spelling, products, levenshtein_less_equal(word, misspelt, 2) AS steps
    FROM search_words
    WHERE length(word) BETWEEN length(misspelt) - 2 AND length(misspelt) + 2
      AND levenshtein_less_equal(word, misspelt, 2) <= 2
) AS near
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN steps = 2 AND length(word) = length(misspelt)
            AND (SELECT array_agg(letter ORDER BY letter) FROM regexp_split_to_table(word, '') AS letter)
                = (SELECT array_agg(letter ORDER BY letter) FROM regexp_split_to_table(misspelt, '') AS letter)
        THEN 1 ELSE steps
    END AS away
) AS distance
WHERE away <= CASE WHEN greatest(length(word), length(misspelt)) < 6 THEN 1 ELSE 2 END
ORDER BY away, left(word, 1) <> left(misspelt, 1), products DESC, word
LIMIT 5
$$;

CREATE FUNCTION search_knows(word TEXT) RETURNS BOOLEAN LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
DECLARE
    known BOOLEAN;
BEGIN
    EXECUTE 'SELECT EXISTS (SELECT FROM product_search WHERE is_listed AND words @@ $1)' INTO known
    USING plainto_tsquery(search_configuration(), word) || format('''%s''', word)::TSQUERY;
    RETURN known;
END;
$$;

CREATE FUNCTION search_corrections(words TEXT[]) RETURNS SETOF TEXT[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    better TEXT[] := words;
    folded TEXT;
    spellings TEXT[];
    choices TEXT[];
    choice TEXT;
    doubtful INTEGER;
BEGIN
    FOR here IN 1..cardinality(words) LOOP
        folded := search_fold(words[here]);
        CONTINUE WHEN folded !~ '^[^ 0-9]{3,40}$' OR search_knows(folded);
        spellings := ARRAY(SELECT search_spellings(folded));
        CONTINUE WHEN spellings = '{}';
        better[here] := spellings[1];
        IF doubtful IS NULL THEN
            doubtful := here;
            choices := spellings;
        END IF;
    END LOOP;
    IF doubtful IS NOT NULL THEN
        FOREACH choice IN ARRAY choices LOOP
            better[doubtful] := choice;
            RETURN NEXT better;
        END LOOP;
    END IF;
END;
$$;
"""

# Whether a text may be shown to everybody: each of its words is one of the shop's own, as it is or as its stem, and
# between them are only spaces, hyphens and apostrophes.
OWN_WORDS = r"""
CREATE FUNCTION search_has_words_of_the_shop(told TEXT) RETURNS BOOLEAN LANGUAGE sql STABLE COST 1000 AS $$
SELECT COALESCE(bool_and(EXISTS (
    SELECT FROM search_words AS own WHERE own.word IN (asked.word, search_stems(search_configuration(), asked.word))
)), FALSE) AND btrim(regexp_replace(lower(normalize(told, NFKC)), '[- ''’]+', ' ', 'g')) = search_plain(told)
FROM unnest(string_to_array(search_fold(told), ' ')) AS asked (word)
$$;
"""

# The last resort: names that look like what was typed.
SIMILAR = r"""
CREATE FUNCTION search_similar(told TEXT) RETURNS UUID[] LANGUAGE plpgsql STABLE
SET pg_trgm.word_similarity_threshold = 0.5 AS $$
DECLARE
    found UUID[];
BEGIN
    IF cardinality(show_trgm(told)) < 3 THEN
        RETURN '{}';
    END IF;
    SELECT array_agg(product_id ORDER BY word_similarity(told, phrase) DESC, product_id DESC) INTO found
    FROM (
        SELECT product_id, phrase FROM product_search WHERE is_listed AND told <% phrase
        ORDER BY product_id DESC LIMIT 500
    ) AS candidates;
    RETURN COALESCE(found, '{}');
END;
$$;
"""

# A better spelling takes the place of what finds nothing, and is proposed beside what finds next to nothing.
PRODUCTS = r"""
CREATE FUNCTION search_products(asked TEXT, OUT ids UUID[], OUT did_you_mean TEXT, OUT is_exact BOOLEAN)
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
NO_FINDING = """
DROP FUNCTION search_has_words_of_the_shop(TEXT);
DROP FUNCTION search_products(TEXT); DROP FUNCTION search_similar(TEXT); DROP FUNCTION search_corrections(TEXT[]);
DROP FUNCTION search_knows(TEXT); DROP FUNCTION search_spellings(TEXT); DROP FUNCTION search_parts(TEXT);
DROP FUNCTION search_ranked(TSQUERY, TEXT); DROP FUNCTION search_query(TEXT[]);
DROP FUNCTION search_described(REGCONFIG, TEXT);
"""


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0011_old_slugs")]

    operations = [
        # `levenshtein`; trusted like `pg_trgm`, so that the owner of the database may add it.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS fuzzystrmatch", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="SearchSynonym",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        default=smartseller.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("term", models.CharField(max_length=100)),
                ("meanings", ArrayField(base_field=models.TextField(), help_text="Separated by commas.")),
                (
                    "is_two_way",
                    models.BooleanField(
                        db_default=True, default=True, help_text="Each of these words also finds what the others find."
                    ),
                ),
            ],
            options={
                "verbose_name": "synonym",
                "db_table": "search_synonyms",
                "ordering": ["term"],
                "constraints": [models.UniqueConstraint(fields=["term"], name="search_synonyms_term_key")],
            },
        ),
        migrations.CreateModel(
            name="SearchCount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        default=smartseller.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("day", models.DateField(help_text="In the shop's time zone.")),
                ("text", models.CharField(max_length=100)),
                ("searches", models.IntegerField(db_default=1, default=1)),
                ("without_results", models.IntegerField(db_default=0, default=0)),
            ],
            options={
                "verbose_name": "search",
                "verbose_name_plural": "searches",
                "db_table": "search_counts",
                "ordering": ["-day", "-searches"],
                "constraints": [
                    models.UniqueConstraint(fields=["day", "text"], name="search_counts_day_key"),
                    models.CheckConstraint(
                        condition=models.Q(without_results__gte=0, without_results__lte=F("searches")),
                        name="search_counts_check",
                    ),
                ],
                "indexes": [
                    models.Index(OpClass("text", "varchar_pattern_ops"), F("day"), name="search_counts_by_text")
                ],
            },
        ),
        migrations.RunSQL(TEXTS, NO_TEXTS),
        migrations.RunSQL(LEXEMES, NO_LEXEMES),
        migrations.RunSQL(TABLES, NO_TABLES),
        migrations.RunSQL(
            LANGUAGES, "DROP FUNCTION search_configuration(); DROP FUNCTION search_configuration_for(TEXT)"
        ),
        migrations.RunSQL(KEEPING, NO_KEEPING),
        migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop),
        migrations.RunSQL(SYNONYMS, NO_SYNONYMS),
        migrations.RunSQL("".join((DESCRIBED, QUERY, RANKED, PARTS, SPELLING, OWN_WORDS, SIMILAR, PRODUCTS)), NO_FINDING),
        migrations.RunSQL(EVERY_PRODUCT, migrations.RunSQL.noop),
    ]
