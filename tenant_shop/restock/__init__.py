"""Telling those who wait for something that is sold out that it is back."""
