"""What the shop's people do, told to the platform's audit log without losing any of it."""
