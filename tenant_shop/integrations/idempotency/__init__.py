"""What a program sends twice under one name is done once, and answered twice."""
