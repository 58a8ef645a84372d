"""One shop: everything in this app lives in the shop's own database."""
