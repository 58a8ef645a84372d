"""The merchant's own pages: about, terms, privacy, returns, and whatever else is to be said."""
