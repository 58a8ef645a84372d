"""What an operator asks of all servers at once: how large shops are, who is connected, what runs and what waits."""
