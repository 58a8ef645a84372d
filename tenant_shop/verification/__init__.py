"""Proving that a shop's books are right: each rule is checked over every row."""
