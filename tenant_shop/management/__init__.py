"""Commands that work in shops."""
