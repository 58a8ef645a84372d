"""The people who log in to the platform, and the shops each may enter."""
