"""One's own account: password, mailbox, second factor, and where one is logged in."""
