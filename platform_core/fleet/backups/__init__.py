"""Backups: what a shop and the platform are made of, copied into a storage, proven, kept for a while."""
