"""Lists of products: what narrows them, how many products each value of a facet would leave, in which order."""
