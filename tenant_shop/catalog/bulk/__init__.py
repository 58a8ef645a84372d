"""Many products or variants changed at once, and put back."""
