"""Companies that buy: their people, their tax id, their terms, and orders that somebody has to approve."""
