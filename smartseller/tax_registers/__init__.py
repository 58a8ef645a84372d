"""Registers that say whether a tax id is real."""
