"""What merchants owe the platform and have paid."""
