"""The merchants: who they are, where their shop answers and which state it is in."""
