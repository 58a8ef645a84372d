"""How a shop is set up: its settings, its look."""
