"""What was paid, attempt by attempt."""
