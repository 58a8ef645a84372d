"""The gate of the API: who asks, whether they may, and how often."""
