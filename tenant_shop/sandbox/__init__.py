"""Copies of a shop to try things in: what is otherwise in them, so that nobody outside the shop ever notices."""
