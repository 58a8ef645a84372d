"""What an installation needs to be well, looked at one thing after the other, each with how to mend it."""
