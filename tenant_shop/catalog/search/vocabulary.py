"""The shop's own words, from which misspelt ones are set right."""

from platform_core.tenancy.connections import shop_connection

# The exact words stand in the rows of search beside their stems; triggers add the new ones.
COUNT = """
WITH counted AS MATERIALIZED (
    SELECT word, ndoc FROM ts_stat('SELECT words FROM product_search WHERE is_listed')
), forgotten AS (
    DELETE FROM search_words WHERE NOT EXISTS (SELECT FROM counted WHERE counted.word = search_words.word)
)
UPDATE search_words SET products = ndoc FROM counted
WHERE counted.word = search_words.word AND products <> ndoc
"""


def count_words() -> None:
    """Write down in how many listed products each word is, and forget the words that are in none.

    Of two words that a misspelt one may stand for, the commoner is the likelier.
    """
    with shop_connection().cursor() as cursor:
        cursor.execute(COUNT)
