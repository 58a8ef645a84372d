"""Where people are logged in: a browser's session names a row, and without the row it is a stranger's."""
