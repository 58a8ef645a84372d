"""Money taken off what was sold, each with a number and lines of its own."""
