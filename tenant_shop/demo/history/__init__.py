"""Ninety days of trade, written at once and as if each order had gone through the shop's own verbs."""
