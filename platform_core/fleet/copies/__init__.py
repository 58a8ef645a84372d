"""Copies of shops: archives that merchants take along and other installations read, and sandboxes to try things in."""
