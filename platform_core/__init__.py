"""The platform: tenants, plans, billing, the fence between shops and the fleet of databases."""
