"""The first page of the console: the business in numbers, and how the fleet fares."""
