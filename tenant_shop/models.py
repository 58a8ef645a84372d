"""Index of the rooms' models: Django looks only here."""
