"""Tax ids of merchants: what a register says of them, and what follows for their bills."""
