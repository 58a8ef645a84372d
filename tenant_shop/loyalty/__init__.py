"""Points that customers earn by buying, and the tiers that they reach."""
