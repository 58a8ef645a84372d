"""Mails of the platform to its merchants."""
