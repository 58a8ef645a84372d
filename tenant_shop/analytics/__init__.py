"""Figures rolled up by day."""
