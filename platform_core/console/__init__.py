"""The operators' admin on the platform's host."""
