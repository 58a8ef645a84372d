"""Databases as physical things: servers, templates, spares, and how shops get theirs."""
