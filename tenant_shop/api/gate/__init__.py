"""The gate of the API: who asks, whether they may, how often, and what is noted of it."""
