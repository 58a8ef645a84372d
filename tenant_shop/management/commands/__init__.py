"""One file a command; each calls one verb of a room."""
