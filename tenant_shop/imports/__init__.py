"""Catalogues that arrive as files: read, checked row by row, and written product by product (docs/imports.md)."""
