"""Sales from before the shop was here."""
