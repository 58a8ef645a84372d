"""Goods that customers want to send back."""
