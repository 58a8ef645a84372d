"""Restores: a backup becomes a database again, aside; the shop changes over by a new epoch, and can change back."""
