"""What an operator sees of running processes: log lines that can be told apart by machine, and numbers to watch."""
