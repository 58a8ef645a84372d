"""Shops' own domains: claimed by a merchant, proven by DNS, looked at again, and given up."""
