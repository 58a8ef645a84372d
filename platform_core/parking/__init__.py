"""Tasks that are set aside."""
