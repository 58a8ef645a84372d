"""The pages of those who have an account, and the ways into one."""
