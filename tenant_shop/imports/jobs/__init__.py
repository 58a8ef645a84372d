"""Many changes that a program sends at once: kept, made one by one in the background, each with its result."""
