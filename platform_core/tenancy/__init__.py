"""The fence: which shop this code runs for, and nothing of any other shop."""
