"""Mails of a shop: what they look like, promising them, sending them. What they say is written where it is known."""
