"""The merchant's own rooms behind the counter: log-in of staff, and the admin."""
