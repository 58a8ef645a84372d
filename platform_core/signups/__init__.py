"""Asking for a shop: nothing is made before the mailbox has answered."""
