"""Databases as physical things: servers, template, spares, the making of shops, the search for what went astray."""
