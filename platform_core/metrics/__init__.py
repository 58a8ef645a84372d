"""The platform in figures, day by day."""
