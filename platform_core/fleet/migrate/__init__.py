"""Bringing the schema of a thousand shops to this release's, a shop at a time, written down as it goes."""
