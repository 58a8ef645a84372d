"""Rows for tests, made in the active shop: `ProductFactory(stock=3)`."""
