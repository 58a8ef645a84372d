"""What a mailbox proves: that an address is somebody's, and that a forgotten password is theirs to replace."""
