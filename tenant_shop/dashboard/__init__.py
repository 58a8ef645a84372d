"""The first page of a shop's people: how the shop is doing, and what waits for them."""
