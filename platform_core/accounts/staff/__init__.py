"""A shop's people: inviting them, what they may do, letting them go."""
