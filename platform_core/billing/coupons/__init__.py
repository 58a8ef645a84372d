"""Coupons for plans."""
