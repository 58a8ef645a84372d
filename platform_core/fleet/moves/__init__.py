"""Moves: a shop changes over to another server while it goes on selling, closed for a moment only."""
