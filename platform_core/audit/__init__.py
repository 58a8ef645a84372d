"""Who did what, in rows that are never changed."""
