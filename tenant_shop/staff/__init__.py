"""The shop's people, as far as the shop itself writes to them."""
