"""Databases as physical things: servers, template, spares, the making of a shop, and the search for what went astray."""
