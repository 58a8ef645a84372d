"""The terminal's door: options in, one verb, one line out."""
