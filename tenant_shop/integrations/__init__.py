"""How other systems hear of what happens in the shop."""
