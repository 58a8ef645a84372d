"""Pages that are the same for every stranger: made once, kept in Redis, shown until the catalogue changes."""
