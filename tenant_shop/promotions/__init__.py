"""Discount codes and who used them."""
