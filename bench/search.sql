-- A shop of 100,000 products by 100 brands in 60 categories. "everyday" is in all of them; a name has a word that 25 share.
BEGIN;
-- Rows of search are made at once at the end, and the rest of what triggers keep is not looked at.
SET LOCAL session_replication_role = replica;
DROP INDEX product_search_words, product_search_phrase;

INSERT INTO categories (id, name, slug)
SELECT gen_random_uuid(), 'Shelf ' || n, 'shelf-' || n FROM generate_series(1, 60) AS n;

INSERT INTO brands (id, name, slug)
SELECT gen_random_uuid(), initcap(first || last), first || last
FROM unnest('{nord,held,kars,mill,oster,vale,brink,lund,stav,torp}'::TEXT[]) AS first,
     unnest('{hem,vik,sson,ford,wick,gard,berg,stad,mark,holm}'::TEXT[]) AS last;

CREATE TEMPORARY TABLE numbered_brands ON COMMIT DROP AS SELECT id, row_number() OVER (ORDER BY slug) - 1 AS number FROM brands;
CREATE TEMPORARY TABLE numbered_shelves ON COMMIT DROP AS
SELECT id, row_number() OVER (ORDER BY slug) - 1 AS number FROM categories;
CREATE TEMPORARY TABLE made_up ON COMMIT DROP AS
SELECT first || middle || last AS word, row_number() OVER () - 1 AS number
FROM unnest('{bal,cor,dre,fal,gri,hul,jas,kel,lor,mun,nex,pra,quo,ris,sev,tul,ulm,vor,wex,zam}'::TEXT[]) AS first,
     unnest('{ab,ed,in,ol,um,av,en,is,or,ut,ar,el,ip,os,un,ac,et,iv,og,ur}'::TEXT[]) AS middle,
     unnest('{ada,eno,iku,oma,ury,ast,eld,isk,olf,ubin}'::TEXT[]) AS last;

INSERT INTO products (id, name, slug, sku, description, tags, specifications, category_id, brand_id, price, status)
SELECT lpad(to_hex(n), 32, '0')::UUID, -- in the order of time, as the application makes them
       initcap(concat_ws(
           ' ',
           ('{red,blue,green,walnut,oak,steel,linen,black,white,woollen,copper,glass,stoneware,bamboo,marble,cotton}'::TEXT[])[1 + n / 7 % 16],
           word,
           ('{lamp,chair,table,mug,bowl,vase,shelf,carpet,blanket,mirror,kettle,basket,tray,clock,bench,pillow,curtain,cabinet,teapot,planter}'::TEXT[])[1 + n / 3 % 20]
       )),
       'product-' || n, 'BX-' || lpad(n::TEXT, 6, '0') || '-' || chr(65 + n % 26),
       '<p>Made by hand in small numbers, for everyday use and for the years to come. Wipe it with a damp cloth.</p><p>Batch '
           || n % 997 || ', finished in ' || ('{Porto,Ghent,Turku,Lviv,Graz}'::TEXT[])[1 + n % 5] || '.</p>',
       ARRAY['season ' || n % 9], jsonb_build_object('Weight', n % 400 || ' g', 'Origin', 'Europe'),
       numbered_shelves.id, numbered_brands.id, n % 90 + 10, 'active'
FROM generate_series(0, 99999) AS n
JOIN made_up ON made_up.number = n::BIGINT * 7919 % 4000
JOIN numbered_brands ON numbered_brands.number = n / 11 % 100
JOIN numbered_shelves ON numbered_shelves.number = n / 5 % 60;

INSERT INTO product_variants (id, product_id, sku) SELECT gen_random_uuid(), id, sku FROM products;

INSERT INTO search_index (configuration) VALUES ('english');
SELECT refresh_product_search(array_agg(id)) FROM (SELECT id, row_number() OVER () / 1000 AS batch FROM products) AS numbered GROUP BY batch;
CREATE INDEX product_search_words ON product_search USING GIN (words) WITH (fastupdate = off) WHERE is_listed;
CREATE INDEX product_search_phrase ON product_search USING GIN (phrase gin_trgm_ops) WITH (fastupdate = off) WHERE is_listed;

COMMIT;
