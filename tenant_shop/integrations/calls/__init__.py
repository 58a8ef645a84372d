"""Calls of the API: how many there may be, how many there were, and what became of them."""
