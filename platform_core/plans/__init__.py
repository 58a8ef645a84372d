"""What a merchant may use, and at which price."""
