"""What operators set for the whole platform."""
